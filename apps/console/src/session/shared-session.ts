import { ownName } from '../api/root';

/** A new window asks the others for the token, and signed-in windows answer. The channel is confined to this origin. */
type Message =
  | { readonly is: 'asks' }
  | { readonly is: 'signed-in'; readonly token: string }
  | { readonly is: 'signed-out'; readonly token: string };

/** How long a new window waits for an answer before it shows the sign-in page. */
export const ANSWER_MS = 500;

export interface SharedSession {
  /** Another window answered, or signed in. */
  readonly onToken: (token: string) => void;
  /** A window with this token signed out. */
  readonly onSignedOut: (token: string) => void;
  /** This window's token; null while it is signed out. */
  readonly token: () => string | null;
}

/** This window's end of the session that all windows of the browser share. */
export class SessionChannel {
  private readonly channel = new BroadcastChannel(ownName('jimo-webhooks-session'));

  constructor(session: SharedSession) {
    this.channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (data.is === 'signed-in') return session.onToken(data.token);
      if (data.is === 'signed-out') return session.onSignedOut(data.token);
      const token = session.token();
      if (token !== null) this.signedIn(token);
    });
  }

  ask(): void {
    this.send({ is: 'asks' });
  }

  signedIn(token: string): void {
    this.send({ is: 'signed-in', token });
  }

  signedOut(token: string): void {
    this.send({ is: 'signed-out', token });
  }

  close(): void {
    this.channel.close();
  }

  private send(message: Message): void {
    this.channel.postMessage(message);
  }
}
