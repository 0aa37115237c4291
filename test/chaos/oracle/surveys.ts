import { type Event, experienceIn, objectIn, sent } from './event';
import { columnsOf, earliest, latest, newest, type Snapshot, snapshotOf } from './merging';
import { day, json, text, uid, uuid, whole } from './reading';
import { type Expected, Keyed } from './rows';
import { readable } from './json-text';

const FREE_TEXT = ['TEXT_LONG', 'INTERVIEW'];
const SCALES = ['NPS', 'OPINION_SCALE', 'SLIDER'];

interface Response {
  readonly firstEventAt: number | null;
  readonly lastEventAt: number | null;
  readonly completedAt: number | null;
}

const NO_RESPONSE: Response = { firstEventAt: null, lastEventAt: null, completedAt: null };

/** Answers, and how often each was given. */
export class Surveys {
  private readonly answers = new Keyed<Snapshot | null>();
  private readonly steps = new Keyed<Snapshot | null>();
  private readonly responses = new Keyed<Response>();

  add(event: Event): void {
    if (event.topic !== 'jimo.engagement') return;
    const completes = event.name === 'survey.completed';
    if (!completes && event.name !== 'survey.step.answered') return;
    const jimerUid = uuid(objectIn(event, 'jimer')?.['uid']);
    const surveyUid = uid(objectIn(event, 'survey')?.['uid']);
    const experienceUid = uuid(experienceIn(event).object['uid']);
    this.responses.update([event.workspace, jimerUid, experienceUid, surveyUid], (known = NO_RESPONSE) => ({
      firstEventAt: earliest(known.firstEventAt, event.time),
      lastEventAt: latest(known.lastEventAt, event.time),
      completedAt: earliest(known.completedAt, completes ? event.time : null),
    }));
    if (completes) return;
    const step = objectIn(event, 'step') ?? {};
    const stepUid = uid(step['uid']);
    const type = text(step['type']);
    const value = objectIn(event, 'answer')?.['value'];
    const answer = snapshotOf(event, 0, {
      value: json(sent(event, 'answer', 'value') ?? 'null'),
      answerText: wordsOf(value, sent(event, 'answer', 'value')),
      bucket: bucketOf(type, value),
      stepName: text(step['name']),
      stepType: type,
      stepIndex: whole(step['indexOrder']),
    });
    this.answers.update([event.workspace, jimerUid, experienceUid, stepUid, surveyUid], (known) =>
      newest(known ?? null, answer),
    );
    this.named(event);
  }

  /** @param event stands for one of an end user */
  observed(event: Event): void {
    if (objectIn(event, 'step') !== undefined) this.named(event);
  }

  /** What the event calls the step. */
  private named(event: Event): void {
    const step = objectIn(event, 'step') ?? {};
    const label = snapshotOf(event, 0, {
      name: text(step['name']),
      type: text(step['type']),
      indexOrder: whole(step['indexOrder']),
    });
    const key = [event.workspace, uuid(experienceIn(event).object['uid']), uid(step['uid'])];
    this.steps.update(key, (known) => newest(known ?? null, label));
  }

  private responseDays(): Expected {
    const none = { responses: 0, completed: 0 };
    const days = new Keyed<typeof none>();
    for (const { key, value } of this.responses.values()) {
      const [workspace, , experienceUid] = key as [string, string, string];
      const count = (at: number | null, what: keyof typeof none): void => {
        if (at === null) return;
        days.update([workspace, experienceUid, day(at)], (known = none) => ({
          ...known,
          [what]: known[what] + 1,
        }));
      };
      count(value.firstEventAt, 'responses');
      count(value.completedAt, 'completed');
    }
    return days.view(['workspace', 'experienceUid', 'day'], none, (counts) => ({ ...counts }));
  }

  views(): Record<string, Expected> {
    const distribution = new Keyed<number>();
    const responses = new Keyed<number>();
    for (const { key, value } of this.answers.values()) {
      const [workspace, , experienceUid, stepUid] = key as [string, string, string, string];
      const bucket = value?.values['bucket'];
      responses.update([workspace, experienceUid, stepUid], (known = 0) => known + 1);
      if (typeof bucket === 'string')
        distribution.update([workspace, experienceUid, stepUid, bucket], (known = 0) => known + 1);
    }
    const days = new Keyed<number>();
    for (const { key, value } of this.answers.values()) {
      const [workspace, , experienceUid, stepUid] = key as [string, string, string, string];
      const { bucket, stepType } = value?.values ?? {};
      if (typeof bucket === 'string' && typeof stepType === 'string' && SCALES.includes(stepType))
        days.update([workspace, experienceUid, stepUid, day(value!.time), bucket], (known = 0) => known + 1);
    }
    return {
      response: this.responses.view(
        ['workspace', 'jimerUid', 'experienceUid', 'surveyUid'],
        NO_RESPONSE,
        (response) => ({ ...response }),
      ),
      response_days: this.responseDays(),
      answer_days: days.view(['workspace', 'experienceUid', 'stepUid', 'day', 'bucket'], 0, (count) => ({
        responses: count,
      })),
      answer: this.answers.view(
        ['workspace', 'jimerUid', 'experienceUid', 'stepUid', 'surveyUid'],
        null,
        (answer) => ({
          ...columnsOf('value', answer, [
            'value',
            'answerText',
            'bucket',
            'stepName',
            'stepType',
            'stepIndex',
          ]),
          answeredAt: answer?.time ?? null,
        }),
      ),
      step: this.steps.view(['workspace', 'experienceUid', 'stepUid'], null, (label) =>
        columnsOf('label', label, ['name', 'type', 'indexOrder']),
      ),
      answer_distribution: distribution.view(
        ['workspace', 'experienceUid', 'stepUid', 'bucket'],
        0,
        (count) => ({ responses: count }),
      ),
      step_responses: responses.view(['workspace', 'experienceUid', 'stepUid'], 0, (count) => ({
        responses: count,
      })),
    };
  }
}

/**
 * Under what an answer is counted: its JSON, of a scalar or a list of scalars, up to 200 characters. On a scale
 * "9" and 9 are the same. Free text is not counted by value.
 */
function bucketOf(type: string | null | undefined, value: unknown): string | null {
  if (value === undefined || value === null || FREE_TEXT.includes(type ?? '')) return null;
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === 'object')) return null;
  const onScale = SCALES.includes(type ?? '') && typeof value === 'string';
  const counted = onScale && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  const bucket = JSON.stringify(counted, (_, item: unknown) =>
    typeof item === 'string' ? readable(item) : item,
  );
  return bucket.length <= 200 ? bucket : null;
}

/** What can be read of an answer: scalars, a list of them joined; nothing of objects. */
function wordsOf(value: unknown, json: string | undefined): string | null {
  if (typeof value === 'number') return json ?? null;
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => item === null || item === undefined || typeof item === 'object')) return null;
  return readable(items.map((item) => String(item)).join(', '));
}
