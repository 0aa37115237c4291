import { type Event, objectIn, sent } from './event';
import { columnsOf, earliest, latest, newest, type Snapshot, snapshotOf } from './merging';
import { json, text, time, uid, uuid } from './reading';
import { type Expected, Keyed } from './rows';

interface Jimer {
  readonly profile: Snapshot | null;
  readonly firstEventAt: number | null;
  readonly lastEventAt: number | null;
}

interface Item {
  readonly submission: Snapshot | null;
  readonly createdAt: number | null;
}

const NOBODY: Jimer = { profile: null, firstEventAt: null, lastEventAt: null };
const NO_ITEM: Item = { submission: null, createdAt: null };

/** Who is known from any event that carries them, and the feedback that they submitted. */
export class People {
  private readonly jimers = new Keyed<Jimer>();
  private readonly items = new Keyed<Item>();

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
    if (event.name !== 'request.created') return;
    const project = objectIn(event, 'project');
    const submission = snapshotOf(event, 0, {
      request: json(sent(event, 'request')),
      jimer: json(sent(event, 'jimer')),
      jimerUid: uuid(jimer['uid']),
      project: json(sent(event, 'project')),
      projectUid: uuid(project?.['uid']),
      projectName: text(project?.['name']),
    });
    const requestUid = uid(objectIn(event, 'request')?.['uid']);
    this.items.update([event.workspace, requestUid], (known = NO_ITEM) => ({
      submission: newest(known.submission, submission),
      createdAt: earliest(known.createdAt, event.time),
    }));
  }

  views(): Record<string, Expected> {
    const profile = ['identifyToken', 'username', 'email', 'createdAt', 'lastActivityAt'];
    const submission = ['request', 'jimer', 'jimerUid', 'project', 'projectUid', 'projectName'];
    return {
      jimer: this.jimers.view(['workspace', 'jimerUid'], NOBODY, (jimer) => ({
        ...columnsOf('profile', jimer.profile, profile),
        firstEventAt: jimer.firstEventAt,
        lastEventAt: jimer.lastEventAt,
      })),
      feedback_item: this.items.view(['workspace', 'requestUid'], NO_ITEM, (item) => ({
        ...columnsOf('submission', item.submission, submission),
        createdAt: item.createdAt,
      })),
    };
  }
}

/** The customer's own id of the user: as a number it has all the digits that it was written with. */
function tokenOf(event: Event, token: unknown): string | null | undefined {
  return typeof token === 'number' ? sent(event, 'jimer', 'identifyToken') : text(token);
}
