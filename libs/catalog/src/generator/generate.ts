import type { EventName } from '../catalog';
import { experiencesOf, teamActs } from './lives';
import { type GeneratedExperience, Objects } from './objects';
import {
  DAY,
  HOUR,
  type GeneratedDelivery,
  type GeneratorOptions,
  type Settings,
  settingsOf,
} from './options';
import { DueQueue } from './queue';
import { Random } from './random';
import { visit } from './visits';
import { DEMO_WORDS } from './demo-words';
import { ODD_WORDS } from './words';
import { workingHours } from './working-hours';

const SECOND = 1000;
/** When Jimo is said to retry after a failure, added up: after 1 h, 3 h, 1 d, 3 d, 1 week. */
const RETRIES = [1, 4, 28, 100, 268].map((hours) => hours * HOUR);

interface Occurrence {
  readonly number: number;
  readonly event: EventName;
  readonly time: number;
  readonly experience: GeneratedExperience | null;
  readonly jimer: number | null;
  readonly further: string;
}

interface Due {
  readonly occurrence: Occurrence;
  readonly kind: GeneratedDelivery['kind'];
  /** Set when it must be delivered as it was before. */
  readonly body?: string;
}

/**
 * Deliveries as a webhook would get them from Jimo, in order of delivery: whole lives of experiences and
 * jimers, times that tie on whole seconds, failed deliveries that come late, and redeliveries. Lazy, and the
 * same for the same options.
 */
export function* generateEvents(
  options: GeneratorOptions = {},
): Generator<GeneratedDelivery, void, undefined> {
  const generator = new EventGenerator(settingsOf(options));
  yield* generator.deliveries();
}

class EventGenerator {
  private readonly random: Random;
  private readonly objects: Objects;
  private readonly experiences: readonly GeneratedExperience[];
  private readonly popularity: Float64Array;
  private readonly due = new DueQueue<Due>();
  /** 1 where a jimer has met an experience. */
  private readonly met: Uint8Array;
  private occurrences = 0;
  private visits = 0;
  private requests = 0;

  constructor(private readonly settings: Settings) {
    this.random = new Random(settings.seed);
    this.objects = new Objects(settings.seed, settings.believable ? DEMO_WORDS : ODD_WORDS);
    this.experiences = experiencesOf(settings, this.objects);
    this.popularity = zipf(settings.experiences);
    this.met = new Uint8Array(settings.jimers * settings.experiences);
  }

  *deliveries(): Generator<GeneratedDelivery, void, undefined> {
    const { start, days, events } = this.settings;
    const span = days * DAY;
    const team = teamActs(this.experiences, start, start + span).slice(0, events);
    const engagements = events - team.length;
    let engaged = 0;
    let nextTeamAct = 0;
    while (this.occurrences < events) {
      // Spread by number: the n-th act happens at about n of all.
      const at = this.settings.believable ? workingHours(start, span) : (part: number) => start + part * span;
      const visitAt = engaged < engagements ? at(engaged / engagements) : Number.POSITIVE_INFINITY;
      const act = team[nextTeamAct];
      const now = Math.min(visitAt, act?.time ?? Number.POSITIVE_INFINITY);
      while (this.due.nextDue <= now) yield this.deliver();
      if (act && act.time <= visitAt) {
        nextTeamAct++;
        this.schedule(
          act.event,
          act.time,
          act.experience,
          null,
          `,"user":${this.objects.user(act.experience.index)}`,
        );
      } else {
        engaged += this.someoneComes(visitAt, engagements - engaged);
      }
    }
    while (this.due.nextDue < Number.POSITIVE_INFINITY) yield this.deliver();
  }

  /** @returns how many occurrences came of it */
  private someoneComes(at: number, most: number): number {
    const { random, settings } = this;
    let time = Math.floor(at / SECOND) * SECOND;
    if (random.chance(settings.requestRate)) {
      const jimer = this.someJimer();
      const request = this.objects.request(random, this.requests++, this.occurrences);
      this.schedule('request.created', time, null, jimer, request);
      return 1;
    }
    const [jimer, experience] = this.meeting(at);
    const length = 1 + Math.floor(random.exponential(settings.eventsPerVisit - 1));
    const acts = visit(random, this.objects, experience, this.visits++, length, settings.believable).slice(
      0,
      most,
    );
    this.met[jimer * settings.experiences + experience.index] = 1;
    for (const act of acts) {
      this.schedule(act.event, time, experience, jimer, act.further);
      // Often within the same second: ties are common.
      if (random.chance(0.6)) time += random.between(1, 40) * SECOND;
    }
    return acts.length;
  }

  /** A jimer and an experience that is live, met before or not as the settings want it. */
  private meeting(at: number): [jimer: number, experience: GeneratedExperience] {
    const { random, settings } = this;
    const again = random.chance(settings.returnRate);
    for (let attempt = 0; ; attempt++) {
      const jimer = this.someJimer();
      const experience = this.experiences[this.somePopular()]!;
      if (attempt >= 40) return [jimer, experience];
      const met = this.met[jimer * settings.experiences + experience.index] === 1;
      if (met !== again && attempt < 20) continue;
      if (isLive(experience, at)) return [jimer, experience];
    }
  }

  /** Some jimers come much more often than others. */
  private someJimer(): number {
    return Math.floor(this.settings.jimers * this.random.unit() ** 1.4);
  }

  private somePopular(): number {
    const target = this.random.unit();
    const { popularity } = this;
    let low = 0;
    let high = popularity.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (popularity[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private schedule(
    event: EventName,
    time: number,
    experience: GeneratedExperience | null,
    jimer: number | null,
    further: string,
  ): void {
    const { random, settings } = this;
    const occurrence = { number: this.occurrences++, event, time, experience, jimer, further };
    const late = random.chance(settings.latenessRate);
    const delay =
      50 + random.exponential(400) + (late ? random.pick(RETRIES) + random.exponential(60_000) : 0);
    this.due.push(time + Math.min(delay, 11 * DAY + 12 * HOUR), {
      occurrence,
      kind: late ? 'late' : 'first',
    });
  }

  private deliver(): GeneratedDelivery {
    const { random, settings } = this;
    const deliveredAt = Math.floor(this.due.nextDue);
    const { occurrence, kind, body: earlier } = this.due.pop()!;
    // A late delivery is the failed one again; a refreshed one shows how things stand by now.
    const body = earlier ?? this.body(occurrence, kind === 'refreshed' ? deliveredAt : occurrence.time);
    if (random.chance(settings.redeliveryRate)) {
      const retry = deliveredAt + random.pick(RETRIES);
      if (retry - occurrence.time <= 11.5 * DAY)
        this.due.push(
          retry,
          random.chance(0.5) ? { occurrence, kind: 'repeated', body } : { occurrence, kind: 'refreshed' },
        );
    }
    const { event, time, number, experience, jimer } = occurrence;
    return {
      body,
      event,
      time,
      deliveredAt,
      occurrence: number,
      kind,
      experienceUid: experience?.uid ?? null,
      jimerUid: jimer === null ? null : this.objects.uid('jimer', jimer),
    };
  }

  private body({ event, time, experience, jimer, further }: Occurrence, at: number): string {
    // Documented so: every event of a post but its clicks has it as `post`.
    const member = event.startsWith('post.') && event !== 'post.cta.clicked' ? 'post' : 'experience';
    const what = experience ? `,"${member}":${this.objects.experience(experience, at)}` : '';
    const who = jimer === null ? '' : `,"jimer":${this.objects.jimer(jimer, at, this.settings.start)}`;
    return `{"event":"${event}","version":"0","time":${this.time(time)}${what}${further}${who}}`;
  }

  private time(time: number): string {
    if (!this.random.chance(this.settings.otherTimeFormRate)) return String(time);
    return this.random.pick([
      `"${time}"`,
      String(time / SECOND),
      `"${time / SECOND}"`,
      `"${new Date(time).toISOString()}"`,
    ]);
  }
}

/** The uid of an experience that `generateEvents` makes of a seed. */
export const generatedExperienceUid = (seed: number, index: number): string =>
  new Objects(seed, ODD_WORDS).uid('experience', index);

function isLive({ publishedAt, deletedAt, switches }: GeneratedExperience, at: number): boolean {
  if (at < publishedAt || at >= deletedAt) return false;
  let live = true;
  for (const time of switches) if (time <= at) live = !live;
  return live;
}

/** Cumulative popularity: the first experience is met far more often than the last. */
function zipf(count: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, index) => 1 / (index + 1) ** 0.7);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => (sum += weight / total));
}
