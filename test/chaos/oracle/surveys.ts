import { type Event, experienceIn, objectIn, sent } from './event';
import { columnsOf, earliest, latest, newest, type Snapshot, snapshotOf } from './merging';
import { JsonText } from './json-text';
import { composed, day, json, text, uid, uuid, whole } from './reading';
import { type Expected, Keyed } from './rows';
import { choiceTexts, countedAs, spoken } from './survey-values';

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
      answerText: typeof value === 'number' ? (sent(event, 'answer', 'value') ?? null) : said(value),
      bucket: countedAs(type, value),
      choices: Array.isArray(value) ? listed(choiceTexts(type, value)) : null,
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

  /** How often each value was given, and each choice ticked: in all, and per day. */
  private counts(): Record<string, Expected> {
    const none = { responses: 0, ticked: 0 };
    const [distribution, days] = [new Keyed<typeof none>(), new Keyed<typeof none>()];
    const [steps, stepDays] = [new Keyed<number>(), new Keyed<number>()];
    for (const { key, value } of this.answers.values()) {
      if (value === null) continue;
      const [workspace, , experienceUid, stepUid] = key as [string, string, string, string];
      const step = [workspace, experienceUid, stepUid];
      const onDay = [...step, day(value.time)];
      steps.update(step, (known = 0) => known + 1);
      stepDays.update(onDay, (known = 0) => known + 1);
      const count = (what: keyof typeof none, bucket: string): void => {
        const more = (known = none) => ({ ...known, [what]: known[what] + 1 });
        distribution.update([...step, bucket], more);
        days.update([...onDay, bucket], more);
      };
      const { bucket, choices } = value.values;
      if (typeof bucket === 'string') count('responses', bucket);
      if (choices instanceof JsonText)
        for (const choice of new Set(JSON.parse(choices.text) as string[])) count('ticked', choice);
    }
    const perStep = ['workspace', 'experienceUid', 'stepUid'];
    return {
      answer_distribution: distribution.view([...perStep, 'bucket'], none, (counts) => ({ ...counts })),
      answer_days: days.view([...perStep, 'day', 'bucket'], none, (counts) => ({ ...counts })),
      step_responses: steps.view(perStep, 0, (responses) => ({ responses })),
      step_days: stepDays.view([...perStep, 'day'], 0, (responses) => ({ responses })),
    };
  }

  views(): Record<string, Expected> {
    return {
      response: this.responses.view(
        ['workspace', 'jimerUid', 'experienceUid', 'surveyUid'],
        NO_RESPONSE,
        (response) => ({ ...response }),
      ),
      response_days: this.responseDays(),
      answer: this.answers.view(
        ['workspace', 'jimerUid', 'experienceUid', 'stepUid', 'surveyUid'],
        null,
        (answer) => ({
          ...columnsOf('value', answer, [
            'value',
            'answerText',
            'bucket',
            'choices',
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
      ...this.counts(),
    };
  }
}

const listed = (texts: readonly string[] | null): JsonText | null =>
  texts === null ? null : new JsonText(JSON.stringify(texts));

function said(value: unknown): string | null {
  return value === null || value === undefined ? null : composed(spoken(value));
}
