import { type Event, objectIn, sent } from './event';
import { columnsOf, earliest, latest, newest, type Snapshot, snapshotOf } from './merging';
import { text, time, uuid } from './reading';
import { type Expected, Keyed } from './rows';

interface Jimer {
  readonly profile: Snapshot | null;
  readonly firstEventAt: number | null;
  readonly lastEventAt: number | null;
}

const NOBODY: Jimer = { profile: null, firstEventAt: null, lastEventAt: null };

/** Who is known from any event that carries them. */
export class People {
  private readonly jimers = new Keyed<Jimer>();

  add(event: Event): void {
    if (event.topic !== 'jimo.engagement' && event.topic !== 'jimo.feedback') return;
    const jimer = objectIn(event, 'jimer') ?? {};
    const profile = snapshotOf(event, 0, {
      identifyToken: tokenOf(event, jimer['identifyToken']),
      username: text(jimer['username']),
      email: text(jimer['email']),
      createdAt: time(jimer['createdAt']),
      lastActivityAt: time(jimer['lastActivityAt']),
    });
    this.jimers.update([event.workspace, uuid(jimer['uid'])], (known = NOBODY) => ({
      profile: newest(known.profile, profile),
      firstEventAt: earliest(known.firstEventAt, event.time),
      lastEventAt: latest(known.lastEventAt, event.time),
    }));
  }

  views(): Record<string, Expected> {
    const profile = ['identifyToken', 'username', 'email', 'createdAt', 'lastActivityAt'];
    return {
      jimer: this.jimers.view(['workspace', 'jimerUid'], NOBODY, (jimer) => ({
        ...columnsOf('profile', jimer.profile, profile),
        firstEventAt: jimer.firstEventAt,
        lastEventAt: jimer.lastEventAt,
      })),
    };
  }
}

/** The customer's own id of the user: as a number it has all the digits that it was written with. */
function tokenOf(event: Event, token: unknown): string | null | undefined {
  return typeof token === 'number' ? sent(event, 'jimer', 'identifyToken') : text(token);
}
