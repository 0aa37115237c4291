import type { EventName } from '../catalog';
import type { Objects } from './objects';
import type { GeneratedExperience } from './objects';
import type { Random } from './random';

/** Something that a jimer does during a visit, and the JSON of its further objects. */
export interface Act {
  readonly event: EventName;
  /** Members of the body beside experience and jimer, each starting with a comma. */
  readonly further: string;
}

const STEP_TYPES = [
  'NPS',
  'OPINION_SCALE',
  'MULTIPLE_CHOICE_SINGLE_SELECT',
  'MULTIPLE_CHOICE_MULTI_SELECT',
  'TEXT_LONG',
] as const;
const CHOICES = ['Search', 'Reports', 'Import', 'API'];
const TEXTS = ['Très bien !', 'Too slow on Mondays', 'I like it 👍', 'line one\\nline two'];
const TASKS = ['Invite a colleague', 'Create a project', 'Connect a source', 'Send a report'];

/**
 * What a jimer does with an experience in one visit, in order, at most `length` acts. `serial` numbers the
 * visit, so that its objects have uids of their own.
 */
export function visit(
  random: Random,
  objects: Objects,
  { type, index }: GeneratedExperience,
  serial: number,
  length: number,
): Act[] {
  switch (type) {
    case 'HINT':
      return [{ event: 'hint.seen', further: '' }];
    case 'BANNER':
      return [{ event: 'banner.seen', further: '' }];
    case 'TOUR':
      return tour(random, index, length);
    case 'SURVEY':
      return survey(random, objects, index, serial, length);
    case 'CHECKLIST':
      return checklist(random, index, length);
    case 'POST':
      return post(random, objects, index, serial, length);
  }
}

function tour(random: Random, index: number, length: number): Act[] {
  const acts: Act[] = [{ event: 'tour.started', further: '' }];
  while (acts.length < length - 1 && random.chance(0.6))
    acts.push({ event: 'tour.cta.clicked', further: cta(index, random.below(3)) });
  if (acts.length < length) acts.push({ event: 'tour.completed', further: '' });
  return acts;
}

function survey(random: Random, objects: Objects, index: number, serial: number, length: number): Act[] {
  const response = `,"survey":{"uid":"${objects.uid('survey', serial)}"}`;
  const acts: Act[] = [{ event: 'survey.started', further: '' }];
  STEP_TYPES.slice(0, Math.max(0, length - 2)).forEach((type, step) => {
    const uid = objects.uid('answer', serial * STEP_TYPES.length + step);
    acts.push({
      event: 'survey.step.answered',
      further:
        `,"step":{"uid":"step-${index}-${step}","name":"Question ${step + 1}","indexOrder":${step},` +
        `"type":"${type}"}${response},"answer":{"uid":"${uid}","value":${answer(random, type)}}`,
    });
  });
  if (acts.length < length && random.chance(0.8)) acts.push({ event: 'survey.completed', further: response });
  return acts;
}

function answer(random: Random, type: (typeof STEP_TYPES)[number]): string {
  switch (type) {
    case 'NPS':
      return String(random.below(11));
    case 'OPINION_SCALE':
      // The vendor's docs call a value a string; both occur.
      return random.chance(0.5) ? String(random.between(1, 5)) : `"${random.between(1, 5)}"`;
    case 'MULTIPLE_CHOICE_SINGLE_SELECT':
      return `"${random.pick(CHOICES)}"`;
    case 'MULTIPLE_CHOICE_MULTI_SELECT':
      return `["${random.pick(CHOICES)}","${random.pick(CHOICES)}"]`;
    case 'TEXT_LONG':
      return `"${random.pick(TEXTS)}"`;
  }
}

function checklist(random: Random, index: number, length: number): Act[] {
  const acts: Act[] = [{ event: 'checklist.started', further: '' }];
  TASKS.slice(0, Math.max(0, length - 2)).forEach((name, task) => {
    acts.push({
      event: random.chance(0.8) ? 'checklist.task.completed' : 'checklist.task.skipped',
      further: `,"task":{"uid":"task-${index}-${task}","name":"${name}"}`,
    });
  });
  if (acts.length < length && random.chance(0.8))
    acts.push({ event: random.chance(0.7) ? 'checklist.completed' : 'checklist.dismissed', further: '' });
  return acts;
}

function post(random: Random, objects: Objects, index: number, serial: number, length: number): Act[] {
  const acts: Act[] = [];
  const count = Math.min(length, 3);
  const first = random.below(3);
  for (let act = 0; act < count; act++) {
    const kind = (first + act) % 3;
    if (kind === 0) acts.push({ event: 'post.liked', further: '' });
    else if (kind === 1)
      acts.push({
        event: 'post.commented',
        further: `,"comment":{"uid":"${objects.uid('comment', serial)}","text":"${random.pick(TEXTS)}"}`,
      });
    else acts.push({ event: 'post.cta.clicked', further: cta(index, 0) });
  }
  return acts;
}

function cta(index: number, button: number): string {
  return `,"cta":{"uid":"cta-${index}-${button}","label":"Go"}`;
}
