import { generateEvents } from '@app/catalog';

import { Random } from '../random';
import { oddEvent, type Expected } from './odd-events';

export const WORKSPACES = ['default', 'other'] as const;
export type Workspace = (typeof WORKSPACES)[number];

/** A request that somebody sends to the webhook. */
export interface Delivery {
  readonly workspace: Workspace;
  readonly body: string;
  readonly expected: Expected;
  /** Deliveries of one occurrence get one event id; null where that is not known. */
  readonly occurrence: string | null;
  /** Whom it is about or mentions; null where it is nobody. */
  readonly jimerUid: string | null;
}

export interface DeliveriesOptions {
  readonly seed: number;
  /** Occurrences per generated life; when it is over another begins. */
  readonly events: number;
}

const AGAIN_RATE = 0.04;
const ODD_RATE = 0.06;
/** Of the occurrences; both workspaces have the same experiences and jimers, which must never meet. */
const OTHER_EVERY = 6;

/**
 * Deliveries without end: the generator's lives with their late and refreshed redeliveries, some of them sent
 * once more at once, and events that somebody got wrong or made to hurt. The same seed gives the same.
 */
export function* deliveries({ seed, events }: DeliveriesOptions): Generator<Delivery, never, undefined> {
  const random = new Random(seed, 3);
  for (let life = 0; ; life++) {
    const jimers = Math.max(20, Math.round(events / 25));
    const generated = generateEvents({ seed: seed + life, events, jimers, experiences: 24 });
    for (const { body, occurrence, jimerUid, experienceUid } of generated) {
      const workspace = WORKSPACES[occurrence % OTHER_EVERY === 0 ? 1 : 0];
      const delivery: Delivery = {
        ...{ workspace, body, jimerUid, expected: 'accepted' },
        occurrence: `${life}.${occurrence}`,
      };
      yield delivery;
      if (random.chance(AGAIN_RATE))
        yield random.chance(0.5) ? delivery : { ...delivery, body: withMembersTurned(body) };
      if (random.chance(ODD_RATE)) {
        const near = { jimerUid: jimerUid ?? random.uuid(), experienceUid: experienceUid ?? random.uuid() };
        for (const odd of oddEvent(random, near))
          yield { workspace: random.pick(WORKSPACES), occurrence: null, jimerUid, ...odd };
      }
    }
  }
}

/** The same event with its members in the opposite order, and some white space. */
export function withMembersTurned(body: string): string {
  const members = Object.entries(JSON.parse(body) as Record<string, unknown>);
  // Nothing in a generated body is lost by parsing it.
  const turned = members
    .toReversed()
    .map(([name, value]) => ` ${JSON.stringify(name)} : ${JSON.stringify(value)}`);
  return `{${turned.join(',\n')} }`;
}
