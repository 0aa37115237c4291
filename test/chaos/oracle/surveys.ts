import { type Event, experienceIn, objectIn, sent } from './event';
import { columnsOf, newest, type Snapshot, snapshotOf } from './merging';
import { json, text, uid, uuid, whole } from './reading';
import { type Expected, Keyed } from './rows';
import { readable } from './json-text';

const FREE_TEXT = ['TEXT_LONG', 'INTERVIEW'];
const SCALES = ['NPS', 'OPINION_SCALE', 'SLIDER'];

/** Answers, and how often each was given. */
export class Surveys {
  private readonly answers = new Keyed<Snapshot | null>();
  private readonly steps = new Keyed<Snapshot | null>();

  add(event: Event): void {
    if (event.name !== 'survey.step.answered' || event.topic !== 'jimo.engagement') return;
    const step = objectIn(event, 'step') ?? {};
    const experienceUid = uuid(experienceIn(event).object['uid']);
    const stepUid = uid(step['uid']);
    const type = text(step['type']);
    const value = objectIn(event, 'answer')?.['value'];
    const answer = snapshotOf(event, 0, {
      value: json(sent(event, 'answer', 'value') ?? 'null'),
      bucket: bucketOf(type, value),
      stepName: text(step['name']),
      stepType: type,
      stepIndex: whole(step['indexOrder']),
    });
    const label = snapshotOf(event, 0, {
      name: text(step['name']),
      type,
      indexOrder: whole(step['indexOrder']),
    });
    const jimerUid = uuid(objectIn(event, 'jimer')?.['uid']);
    const surveyUid = uid(objectIn(event, 'survey')?.['uid']);
    this.answers.update([event.workspace, jimerUid, experienceUid, stepUid, surveyUid], (known) =>
      newest(known ?? null, answer),
    );
    this.steps.update([event.workspace, experienceUid, stepUid], (known) => newest(known ?? null, label));
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
    return {
      answer: this.answers.view(
        ['workspace', 'jimerUid', 'experienceUid', 'stepUid', 'surveyUid'],
        null,
        (answer) => ({
          ...columnsOf('value', answer, ['value', 'bucket', 'stepName', 'stepType', 'stepIndex']),
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
