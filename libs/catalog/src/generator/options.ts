import type { EventName } from '../catalog';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface GeneratorOptions {
  /** The same seed gives the same deliveries, byte for byte. */
  readonly seed?: number;
  readonly jimers?: number;
  readonly experiences?: number;
  /** Occurrences; redeliveries come on top. */
  readonly events?: number;
  /** Event time of the first occurrence, epoch milliseconds. */
  readonly start?: number;
  /** Over how many days of event time the occurrences are spread. */
  readonly days?: number;
  /** Part of the experiences that were created before `start`, known only from what jimers do with them. */
  readonly olderRate?: number;
  /** Mean number of events when a jimer meets an experience, at least 1; near 1 makes the most pairs. */
  readonly eventsPerVisit?: number;
  /** Chance that a visit is to an experience that the jimer has met before. */
  readonly returnRate?: number;
  /** Chance of a further delivery; half of them byte for byte, half with fresher snapshots. */
  readonly redeliveryRate?: number;
  /** Chance that the first delivery fails and a retry comes hours to 11 days later. */
  readonly latenessRate?: number;
  /** Part of the visits in which a jimer submits feedback instead. */
  readonly requestRate?: number;
  /**
   * What a customer of Jimo could have had in that time, instead of odd texts, addresses and proportions: what is
   * met most is live, people come on working days, and few write comments.
   */
  readonly believable?: boolean;
  /** Chance that `time` is written in another of its forms. */
  readonly otherTimeFormRate?: number;
}

export type Settings = Required<GeneratorOptions>;

export function settingsOf(options: GeneratorOptions): Settings {
  const settings = {
    seed: 1,
    jimers: 500,
    experiences: 24,
    events: 10_000,
    start: Date.parse('2025-01-06T08:00:00.000Z'),
    days: 30,
    olderRate: 0.15,
    eventsPerVisit: 3,
    returnRate: 0.3,
    redeliveryRate: 0.02,
    latenessRate: 0.01,
    requestRate: 0.02,
    believable: false,
    otherTimeFormRate: 0.01,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
  if (settings.jimers < 1 || settings.experiences < 1)
    throw new Error('at least one jimer and one experience');
  if (settings.days * DAY < 1000) throw new Error('days must span at least a second');
  return settings;
}

/** One request that the webhook gets, in order of delivery, and what is true of it. */
export interface GeneratedDelivery {
  /** The JSON body as Jimo would send it. */
  readonly body: string;
  readonly event: EventName;
  /** Event time, epoch milliseconds. */
  readonly time: number;
  /** When it is delivered, epoch milliseconds. */
  readonly deliveredAt: number;
  /** Number of the occurrence: redeliveries repeat it. */
  readonly occurrence: number;
  readonly kind: 'first' | 'late' | 'repeated' | 'refreshed';
  readonly experienceUid: string | null;
  readonly jimerUid: string | null;
}
