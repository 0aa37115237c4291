import { at, event, givenFor } from '@app/testing';
import { Answer, AnswerDistribution, Response, ResponseDays, Step, surveys } from './surveys';

const given = givenFor(surveys);

const SAM = { uid: '00000000-0000-4000-8000-00000000005a', username: 'Sam' };

const KIM = { uid: '00000000-0000-4000-8000-000000000071', username: 'Kim' };

const SURVEY = { uid: '00000000-0000-4000-8000-0000000000b1', title: 'How are we doing?', type: 'SURVEY' };

const SCORE = { uid: 'score', name: 'How likely are you to recommend us?', indexOrder: 0, type: 'NPS' };

const TOOLS = { uid: 'tools', name: 'What do you use?', indexOrder: 1, type: 'MULTIPLE_CHOICE_MULTI_SELECT' };

const WHY = { uid: 'why', name: 'Why?', indexOrder: 2, type: 'TEXT_LONG' };

type Jimer = typeof SAM;

type Question = typeof SCORE;

/** A jimer's answer to a step. A response is one time that a jimer takes the survey. */
const answers = (
  jimer: Jimer,
  step: Question,
  value: unknown,
  time: number,
  response = `by ${jimer.username}`,
) =>
  event('survey.step.answered', time, {
    ...{ jimer, experience: SURVEY, step },
    survey: { uid: response },
    answer: { uid: 'a', value },
  });

const completes = (jimer: Jimer, time: number, response = `by ${jimer.username}`) =>
  event('survey.completed', time, { jimer, experience: SURVEY, survey: { uid: response } });

describe('an answer to a survey', () => {
  it('is kept as it was sent, in words, and under the value that it is counted by', () =>
    given(
      answers(SAM, SCORE, '9', at('10:00')),
      answers(SAM, TOOLS, ['b', 'a'], at('10:01')),
      answers(SAM, WHY, 'It just works.', at('10:02')),
    ).then(
      Answer,
      { stepUid: 'score', value: '"9"', answerText: '9', bucket: '9', choices: null },
      {
        stepUid: 'tools',
        value: '["b","a"]',
        answerText: 'b, a',
        bucket: '["a","b"]',
        choices: '["\\"a\\"","\\"b\\""]',
      },
      // Free text is counted by nothing.
      {
        stepUid: 'why',
        value: '"It just works."',
        answerText: 'It just works.',
        bucket: null,
        choices: null,
      },
    ));

  it('replaces an earlier one to the same step in the same response', () =>
    given(answers(SAM, SCORE, 3, at('10:00')))
      .when(answers(SAM, SCORE, 9, at('10:01')))
      .then(Answer, { jimerUid: SAM.uid, surveyUid: 'by Sam', bucket: '9' })
      .and(AnswerDistribution, { stepUid: 'score', bucket: '9', responses: 1 }));

  it('names its step for everybody who reads the results', () =>
    given(
      answers(SAM, SCORE, 9, at('10:00')),
      answers(KIM, { ...SCORE, name: 'Would you recommend us?' }, 7, at('11:00')),
    ).then(Step, {
      experienceUid: SURVEY.uid,
      stepUid: 'score',
      name: 'Would you recommend us?',
      type: 'NPS',
    }));
});

describe('the distribution of answers', () => {
  it('counts each answer under its value, and a list under each of its choices as well', () =>
    given(answers(SAM, TOOLS, ['a', 'b'], at('10:00')), answers(KIM, TOOLS, ['b'], at('10:00'))).then(
      AnswerDistribution,
      { bucket: '["a","b"]', responses: 1, ticked: 0 },
      { bucket: '["b"]', responses: 1, ticked: 0 },
      { bucket: '"a"', responses: 0, ticked: 1 },
      { bucket: '"b"', responses: 0, ticked: 2 },
    ));
});

describe('a response', () => {
  it('is one time that a jimer takes the survey: partial until it is completed', () =>
    given(
      answers(SAM, SCORE, 9, at('10:00')),
      completes(SAM, at('10:05')),
      answers(KIM, SCORE, 2, at('23:59')),
    )
      .then(
        Response,
        { jimerUid: SAM.uid, firstEventAt: at('10:00'), lastEventAt: at('10:05'), completedAt: at('10:05') },
        { jimerUid: KIM.uid, firstEventAt: at('23:59'), lastEventAt: at('23:59'), completedAt: null },
      )
      .and(ResponseDays, { day: '2025-02-21', responses: 2, completed: 1 }));

  it('is another one when the jimer takes the survey again', () =>
    given(answers(SAM, SCORE, 2, at('10:00'), 'first'), answers(SAM, SCORE, 9, at('10:00', 22), 'second'))
      .then(Answer, { surveyUid: 'first', bucket: '2' }, { surveyUid: 'second', bucket: '9' })
      .and(
        ResponseDays,
        { day: '2025-02-21', responses: 1, completed: 0 },
        { day: '2025-02-22', responses: 1, completed: 0 },
      ));
});
