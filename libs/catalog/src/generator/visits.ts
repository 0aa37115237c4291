import type { EventName } from '../catalog';
import type { Objects } from './objects';
import type { GeneratedExperience } from './objects';
import type { Random } from './random';
import { STEP_TYPES } from './words';

/** Something that a jimer does during a visit, and the JSON of its further objects. */
export interface Act {
  readonly event: EventName;
  /** Members of the body beside experience and jimer, each starting with a comma. */
  readonly further: string;
}

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
  believable: boolean,
): Act[] {
  switch (type) {
    case 'HINT':
      return [{ event: 'hint.seen', further: '' }];
    case 'BANNER':
      return [{ event: 'banner.seen', further: '' }];
    case 'TOUR':
      return tour(random, objects, index, length);
    case 'SURVEY':
      return survey(random, objects, index, serial, length);
    case 'CHECKLIST':
      return checklist(random, objects, index, length);
    case 'POST':
      return believable
        ? reaction(random, objects, index, serial)
        : post(random, objects, index, serial, length);
  }
}

function tour(random: Random, objects: Objects, index: number, length: number): Act[] {
  const acts: Act[] = [{ event: 'tour.started', further: '' }];
  while (acts.length < length - 1 && random.chance(0.6))
    acts.push({ event: 'tour.cta.clicked', further: cta(objects, index, random.below(3)) });
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
        `,"step":{"uid":"step-${index}-${step}","name":${JSON.stringify(objects.words.question(step, type))},` +
        `"indexOrder":${step},"type":"${type}"}${response},` +
        `"answer":{"uid":"${uid}","value":${objects.words.answer(random, type)}}`,
    });
  });
  if (acts.length < length && random.chance(0.8)) acts.push({ event: 'survey.completed', further: response });
  return acts;
}

function checklist(random: Random, objects: Objects, index: number, length: number): Act[] {
  const acts: Act[] = [{ event: 'checklist.started', further: '' }];
  const tasks = Math.min(objects.words.tasks, Math.max(0, length - 2));
  for (let task = 0; task < tasks; task++)
    acts.push({
      event: random.chance(0.8) ? 'checklist.task.completed' : 'checklist.task.skipped',
      further: `,"task":{"uid":"task-${index}-${task}","name":${JSON.stringify(objects.words.task(task))}}`,
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
    else if (kind === 1) acts.push(comment(random, objects, serial));
    else acts.push({ event: 'post.cta.clicked', further: cta(objects, index, 0) });
  }
  return acts;
}

/** To a post, in the proportions of a changelog that is read: most like it, some look closer, few comment. */
function reaction(random: Random, objects: Objects, index: number, serial: number): Act[] {
  const acts: Act[] = [];
  const liked = random.chance(0.7);
  if (liked) acts.push({ event: 'post.liked', further: '' });
  if (!liked || random.chance(0.25))
    acts.push({ event: 'post.cta.clicked', further: cta(objects, index, 0) });
  if (random.chance(0.08)) acts.push(comment(random, objects, serial));
  return acts;
}

function comment(random: Random, objects: Objects, serial: number): Act {
  const text = JSON.stringify(objects.words.comment(random));
  return {
    event: 'post.commented',
    further: `,"comment":{"uid":"${objects.uid('comment', serial)}","text":${text}}`,
  };
}

function cta(objects: Objects, index: number, button: number): string {
  return `,"cta":{"uid":"cta-${index}-${button}","label":${JSON.stringify(objects.words.button(button))}}`;
}
