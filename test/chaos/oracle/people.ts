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
      identifyToken: nobodyAsNull(tokenOf(event, jimer['identifyToken'])),
      username: text(jimer['username']),
      email: nobodyAsNull(text(jimer['email'])),
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

const SHARED_BY_MANY =
  /^(|-|--|\?|undefined|null|nil|none|nan|void|n\/a|-?infinity|true|false|unknown|unset|not set|not_set|empty|default|blank|\{\}|\[object [a-z]*\]|anonymous|anon|guest|visitor|not_authenticated|unauthenticated|not logged in|id|uid|user|user[_.-]?id|distinct_?id|email|-1|[-+]?0+([.,]0*)?(e[-+]?\d+)?|0[0-]*0|\{\{.*\}\}|\$\{.*\}|<%.*%>|%[a-z_.-]+%)$/;

/** A placeholder names nobody, and neither does what is too long to be asked for (docs/privacy.md). */
function nobodyAsNull(text: string | null | undefined): string | null | undefined {
  if (typeof text !== 'string') return text;
  if (text.length > 16_000) return null;
  const bare = (words: string): string =>
    words.replace(
      /^[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+|[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+$/g,
      '',
    );
  let inner = bare(text.normalize('NFKC').toLowerCase()).replace(/\s+/g, ' ');
  for (;;) {
    if (SHARED_BY_MANY.test(inner)) return null;
    const wrapped = /^(["'`])(.*)\1$|^<(.*)>$|^\((.*)\)$|^\[(?!object )(.*)\]$/.exec(inner);
    if (!wrapped) return text;
    inner = bare(wrapped[2] ?? wrapped[3] ?? wrapped[4] ?? wrapped[5] ?? '');
  }
}

/** The customer's own id of the user: as a number it has all the digits that it was written with. */
function tokenOf(event: Event, token: unknown): string | null | undefined {
  return typeof token === 'number' ? sent(event, 'jimer', 'identifyToken') : text(token);
}
