import { CATALOG, type EventName } from '../catalog';
import { isTeamMeaning, type JimerMeaning, type Role } from '../events/definition';
import type { ExperienceType } from '../families';
import { kindsOf } from './kinds';
import type { GeneratedExperience, Objects } from './objects';
import type { Random } from './random';
import { STEP_TYPES } from './words';

/** Something that a jimer does during a visit, and the JSON of its further objects. */
export interface Act {
  readonly event: EventName;
  /** Members of the body beside experience and jimer, each starting with a comma. */
  readonly further: string;
}

/** A jimer with an experience. */
class Visit<M extends JimerMeaning = JimerMeaning> {
  readonly acts: Act[] = [];

  constructor(
    readonly random: Random,
    readonly objects: Objects,
    readonly experience: GeneratedExperience,
    /** Numbers the visits, so that the objects of each have uids of their own. */
    readonly serial: number,
    /** How many acts it may have. */
    readonly length: number,
    readonly believable: boolean,
  ) {}

  get isFull(): boolean {
    return this.acts.length >= this.length;
  }

  /** @param n number of the button, step or task with which it is done */
  does(means: M, n = 0): void {
    const events = kindsOf(this.experience.type).get(means)!;
    const event = events.length > 1 ? this.random.pick(events) : events[0]!;
    let further = '';
    for (const role of CATALOG[event].objects)
      if (role in FURTHER) further += `,"${role}":${FURTHER[role as FurtherRole](this, n)}`;
    this.acts.push({ event, further });
  }
}

type FurtherRole = Exclude<Role, 'experience' | 'jimer' | 'user' | 'request' | 'project'>;

/** JSON of what a jimer's event carries beside experience and jimer. */
const FURTHER: Readonly<Record<FurtherRole, (visit: Visit, n: number) => string>> = {
  cta: ({ objects, experience: { index } }, n) =>
    `{"uid":"cta-${index}-${n}","label":${JSON.stringify(objects.words.button(n))}}`,
  step: ({ objects, experience: { index } }, n) =>
    `{"uid":"step-${index}-${n}","name":${JSON.stringify(objects.words.question(n, STEP_TYPES[n]!))},` +
    `"indexOrder":${n},"type":"${STEP_TYPES[n]}"}`,
  survey: ({ objects, serial }) => `{"uid":"${objects.uid('survey', serial)}"}`,
  answer: ({ random, objects, serial }, n) =>
    `{"uid":"${objects.uid('answer', serial * STEP_TYPES.length + n)}",` +
    `"value":${objects.words.answer(random, STEP_TYPES[n]!)}}`,
  task: ({ objects, experience: { index } }, n) =>
    `{"uid":"task-${index}-${n}","name":${JSON.stringify(objects.words.task(n))}}`,
  comment: ({ random, objects, serial }) =>
    `{"uid":"${objects.uid('comment', serial)}","text":${JSON.stringify(objects.words.comment(random))}}`,
};

/** What jimers do with the experiences of a family, in order; an event that no story tells happens at the end of some visits. */
interface Story {
  readonly tells: readonly JimerMeaning[];
  readonly tell: (visit: Visit) => void;
}

const story = <const M extends JimerMeaning>(
  tells: readonly M[],
  tell: (visit: Visit<M>) => void,
): Story => ({ tells, tell });

const glance = story(['view'], (visit) => visit.does('view'));

const STORIES: Readonly<Record<ExperienceType, Story>> = {
  HINT: glance,
  BANNER: glance,
  TOUR: story(['start', 'click', 'completion'], (visit) => {
    const { acts, length, random } = visit;
    visit.does('start');
    while (acts.length < length - 1 && random.chance(0.6)) visit.does('click', random.below(3));
    if (!visit.isFull) visit.does('completion');
  }),
  SURVEY: story(['start', 'answer', 'completion'], (visit) => {
    visit.does('start');
    const steps = Math.min(STEP_TYPES.length, Math.max(0, visit.length - 2));
    for (let step = 0; step < steps; step++) visit.does('answer', step);
    if (!visit.isFull && visit.random.chance(0.8)) visit.does('completion');
  }),
  CHECKLIST: story(['start', 'task completion', 'task skip', 'completion', 'dismissal'], (visit) => {
    const { random, length } = visit;
    visit.does('start');
    const tasks = Math.min(visit.objects.words.tasks, Math.max(0, length - 2));
    for (let task = 0; task < tasks; task++)
      visit.does(random.chance(0.8) ? 'task completion' : 'task skip', task);
    if (!visit.isFull && random.chance(0.8)) visit.does(random.chance(0.7) ? 'completion' : 'dismissal');
  }),
  POST: story(['like', 'comment', 'click'], (visit) => (visit.believable ? reaction(visit) : acts(visit))),
};

type PostVisit = Visit<'like' | 'comment' | 'click'>;

function acts(visit: PostVisit): void {
  const kinds = ['like', 'comment', 'click'] as const;
  const first = visit.random.below(3);
  for (let act = 0; act < Math.min(visit.length, 3); act++) visit.does(kinds[(first + act) % 3]!);
}

/** To a post, in the proportions of a changelog that is read: most like it, some look closer, few comment. */
function reaction(visit: PostVisit): void {
  const { random } = visit;
  const liked = random.chance(0.7);
  if (liked) visit.does('like');
  if (!liked || random.chance(0.25)) visit.does('click');
  if (random.chance(0.08)) visit.does('comment');
}

/** What a jimer does with an experience in one visit, in order. */
export function visit(
  random: Random,
  objects: Objects,
  experience: GeneratedExperience,
  serial: number,
  length: number,
  believable: boolean,
): Act[] {
  const told = new Visit(random, objects, experience, serial, length, believable);
  const { tells, tell } = STORIES[experience.type];
  tell(told);
  for (const means of kindsOf(experience.type).keys())
    if (!isTeamMeaning(means) && !tells.includes(means) && random.chance(0.3)) told.does(means);
  return told.acts;
}
