import { jsonText } from '@app/platform';
import { NO_RESPONSES, stepResults } from './results';

const step = (type: string) => ({ stepUid: 's1', name: 'How was it?', type, indexOrder: 0 });
const nps = { responses: 4, numeric: 4, sum: 26, promoters: 2, passives: 1, detractors: 1 };

describe('the results of a step', () => {
  it('have the mean of a scale', () => {
    expect(stepResults(step('OPINION_SCALE'), nps, [])).toMatchObject({
      responses: 4,
      mean: 6.5,
      score: null,
    });
    expect(stepResults(step('TEXT_LONG'), nps, []).mean).toBeNull();
    expect(stepResults(step('SLIDER'), NO_RESPONSES, []).mean).toBeNull();
  });

  it('have the score of NPS: promoters less detractors, in per cent', () => {
    expect(stepResults(step('NPS'), nps, [])).toMatchObject({
      score: 25,
      nps: { score: 25, promoters: 2, passives: 1, detractors: 1 },
    });
    expect(stepResults(step('NPS'), NO_RESPONSES, [])).toMatchObject({ score: null, nps: null });
  });

  it('show each value as the JSON that it is counted under', () => {
    const buckets = [
      { bucket: '["a","b"]', responses: 2 },
      { bucket: '"a"', responses: 1 },
    ];
    const { distribution } = stepResults(step('MULTIPLE_CHOICE_MULTI_SELECT'), NO_RESPONSES, buckets);
    expect(jsonText(distribution)).toBe('[{"value":["a","b"],"count":2},{"value":"a","count":1}]');
  });
});
