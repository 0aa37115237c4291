import type { EventName } from '../catalog';
import type { TeamMeaning } from '../events/definition';
import { kindsOf } from './kinds';
import type { GeneratedExperience, Objects } from './objects';
import { DAY, HOUR, type Settings } from './options';
import { Random } from './random';

const NEVER = Number.POSITIVE_INFINITY;

/** The lives of the experiences; times on whole seconds. */
export function experiencesOf(settings: Settings, objects: Objects): GeneratedExperience[] {
  return settings.believable ? believableLives(settings, objects) : variedLives(settings, objects);
}

/** What is met most is live and older than the events; the others come within the time, and few are given up. */
function believableLives(settings: Settings, objects: Objects): GeneratedExperience[] {
  const random = new Random(settings.seed, 11);
  const span = settings.days * DAY;
  return Array.from({ length: settings.experiences }, (_, index) => {
    const type = objects.typeOf(index);
    const createdAt = second(
      index < 8
        ? settings.start - (3 + random.unit() * 60) * DAY
        : settings.start + (0.05 + 0.75 * random.unit()) * span,
    );
    const publishedAt = second(createdAt + (0.02 + 0.04 * random.unit()) * span);
    const isGivenUp = index >= 8 && index % 5 === 1;
    const pausedAt = second(publishedAt + 0.15 * span);
    return {
      ...{ index, uid: objects.uid('experience', index), type, createdAt, publishedAt },
      deletedAt: isGivenUp ? second(publishedAt + 0.1 * span) : NEVER,
      switches: kindsOf(type).has('status change') && index >= 8 && index % 5 === 4 ? [pausedAt] : [],
    };
  });
}

/** Lives in which every kind of event comes about. */
function variedLives(settings: Settings, objects: Objects): GeneratedExperience[] {
  const random = new Random(settings.seed, 11);
  const span = settings.days * DAY;
  const end = settings.start + span;
  return Array.from({ length: settings.experiences }, (_, index) => {
    const type = objects.typeOf(index);
    // The first of each type is there from early on, so that every kind of event can come about.
    const early = index < 6;
    const older = !early && random.chance(settings.olderRate);
    const createdAt = second(
      older ? settings.start - random.unit() * 90 * DAY : settings.start + offset(random, early, span),
    );
    const publishedAt = second(
      older ? createdAt + HOUR : createdAt + Math.min(random.exponential(4 * HOUR), span / 50),
    );
    const part = early ? 0.7 + 0.25 * random.unit() : 0.3 + random.unit();
    const deletedAt = early || random.chance(0.2) ? second(publishedAt + part * (end - publishedAt)) : NEVER;
    const switches: number[] = [];
    if (kindsOf(type).has('status change'))
      for (let at = publishedAt, n = early ? 2 : random.below(5); n > 0; n--) {
        at = second(at + (0.05 + random.unit()) * 0.25 * span);
        if (at < Math.min(deletedAt, end)) switches.push(at);
      }
    return {
      index,
      uid: objects.uid('experience', index),
      type,
      createdAt,
      publishedAt,
      deletedAt,
      switches,
    };
  });
}

function offset(random: Random, early: boolean, span: number): number {
  return early ? random.unit() * span * 0.01 : random.unit() * span * 0.5;
}

function second(time: number): number {
  return Number.isFinite(time) ? Math.floor(time / 1000) * 1000 : time;
}

export interface TeamAct {
  readonly event: EventName;
  readonly time: number;
  readonly experience: GeneratedExperience;
}

/** When the team does what, in order. */
const TIMES = {
  creation: ({ createdAt }) => [createdAt],
  publication: ({ publishedAt }) => [publishedAt],
  'status change': ({ switches }) => switches,
  deletion: ({ deletedAt }) => [deletedAt],
} as const satisfies Record<TeamMeaning, (experience: GeneratedExperience) => readonly number[]>;
const TEAM_ACTS = Object.entries(TIMES) as [TeamMeaning, (typeof TIMES)[TeamMeaning]][];

/** What the team did to the experiences from `start` until `end`, in order of time. */
export function teamActs(experiences: readonly GeneratedExperience[], start: number, end: number): TeamAct[] {
  return experiences
    .flatMap((experience) =>
      TEAM_ACTS.flatMap(([means, timesOf]) =>
        (kindsOf(experience.type).get(means) ?? []).flatMap((event) =>
          timesOf(experience).map((time) => ({ event, time, experience })),
        ),
      ),
    )
    .filter(({ time }) => time >= start && time < end)
    .sort((a, b) => a.time - b.time);
}
