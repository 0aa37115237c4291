import {
  backlogItemTriaged,
  FEEDBACK_STATUSES,
  TRIAGED_FIELDS,
  type TriagedItem,
} from '../system/backlog-item-triaged';
import type { SystemRecord } from '../system/system-event';
import { Random, uuidOf } from './random';

const CHANGE = 90;
const TAGS = ['bug', 'ux', 'Quick win', 'très utile', '重要', '🔥'];
const PEOPLE = ['Kim', 'Ana', 'Sam at Jimo'];

/** A request that was submitted. */
export interface SubmittedRequest {
  readonly uid: string;
  readonly jimer: { readonly uid: string };
  /** Epoch milliseconds. */
  readonly time: number;
}

/**
 * How a team triages requests: some not at all, some over several versions, now and then into one another. Some
 * versions were made twice, as when an answer was lost: at the same time, before or after. The same for the same
 * seed.
 */
export function* generateTriage(
  requests: readonly SubmittedRequest[],
  { seed = 1, workspace = 'default' }: { readonly seed?: number; readonly workspace?: string } = {},
): Generator<SystemRecord, void, undefined> {
  const random = new Random(seed, 12);
  let changes = 0;
  for (const [index, request] of requests.entries()) {
    let time = request.time + random.below(100_000);
    const last = 1 + random.below(5);
    for (let version = 2; version <= last; version++) {
      const twice = random.chance(0.2) ? 2 : 1;
      for (let n = 0; n < twice; n++)
        yield backlogItemTriaged({
          workspace,
          time: time + (random.chance(0.5) ? 0 : random.between(-5, 5)),
          request: { uid: request.uid },
          jimer: { uid: request.jimer.uid },
          version,
          item: someItem(random, requests, index),
          changed: TRIAGED_FIELDS,
          change: uuidOf(seed, CHANGE, changes++),
          by: 'triage',
          actor: random.chance(0.5) ? random.pick(PEOPLE) : null,
        });
      // Clocks of several processes: a later version may be of an earlier time.
      time += random.between(-2, 60_000);
    }
  }
}

function someItem(random: Random, requests: readonly SubmittedRequest[], index: number): TriagedItem {
  const tags = TAGS.filter(() => random.chance(0.3)).sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return {
    status: random.pick(FEEDBACK_STATUSES),
    tags,
    assignee: random.chance(0.5) ? random.pick(PEOPLE) : null,
    note: random.chance(0.3) ? `Noted "${random.below(100)}"\n…` : null,
    mergedInto: index > 0 && random.chance(0.2) ? requests[random.below(index)]!.uid : null,
  };
}
