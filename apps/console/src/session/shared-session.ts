import { ownName } from '../api/root';

/** A window that opens asks the others for the token; those that are signed in answer. Both stay within this origin. */
type Message =
  | { readonly is: 'asks' }
  | { readonly is: 'signed-in'; readonly token: string }
  | { readonly is: 'signed-out'; readonly token: string };

/** How long a window that opens waits for another to answer before it shows the page for signing in. */
export const ANSWER_MS = 500;

export interface SharedSession {
  /** Another window answered, or signed in. */
  readonly onToken: (token: string) => void;
  /** Somebody signed out in a window with this token. */
  readonly onSignedOut: (token: string) => void;
  /** The token of this window while it is signed in. */
  readonly token: () => string | null;
}

/** This window's part of the session that all windows of the browser share. */
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
