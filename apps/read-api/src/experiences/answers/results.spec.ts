import { jsonText } from '@app/platform';
import { histogramOf, NO_RESPONSES, scaleSeries, stepResults } from './results';

const step = (type: string) => ({ stepUid: 's1', name: 'How was it?', type, indexOrder: 0 });
const nps = { responses: 4, numeric: 4, sum: 26, promoters: 2, passives: 1, detractors: 1 };

describe('the results of a step', () => {
  it('have the mean of a scale', () => {
    expect(stepResults(step('OPINION_SCALE'), nps, [], [], [])).toMatchObject({
      responses: 4,
      mean: 6.5,
      score: null,
    });
    expect(stepResults(step('TEXT_LONG'), nps, [], [], []).mean).toBeNull();
    expect(stepResults(step('SLIDER'), NO_RESPONSES, [], [], []).mean).toBeNull();
  });

  it('have the score of NPS: promoters less detractors, in per cent', () => {
    expect(stepResults(step('NPS'), nps, [], [], [])).toMatchObject({
      score: 25,
      nps: { score: 25, promoters: 2, passives: 1, detractors: 1 },
    });
    expect(stepResults(step('NPS'), NO_RESPONSES, [], [], [])).toMatchObject({ score: null, nps: null });
  });

  it('show each value as the JSON that it is counted under', () => {
    const buckets = [
      { bucket: '["a","b"]', responses: 2 },
      { bucket: '"a"', responses: 1 },
    ];
    const { distribution } = stepResults(
      step('MULTIPLE_CHOICE_MULTI_SELECT'),
      NO_RESPONSES,
      buckets,
      buckets,
      [],
    );
    expect(jsonText(distribution)).toBe('[{"value":["a","b"],"count":2},{"value":"a","count":1}]');
  });

  it('have the choices of a question that is no scale', () => {
    const buckets = [{ bucket: '"a"', responses: 3 }];
    expect(stepResults(step('MULTIPLE_CHOICE_SINGLE_SELECT'), nps, [], buckets, []).choices).toHaveLength(1);
    expect(stepResults(step('NPS'), nps, [], buckets, []).choices).toBeNull();
  });

  it('have a histogram with every bin from the lowest to the highest', () => {
    const row = (bin: number, responses: number) => ({
      lowest: 1,
      highest: 4,
      whole: true,
      bins: 4,
      bin,
      responses,
    });
    expect(histogramOf([row(3, 2), row(0, 1)])).toEqual([
      { from: 1, to: 1, count: 1 },
      { from: 2, to: 2, count: 0 },
      { from: 3, to: 3, count: 0 },
      { from: 4, to: 4, count: 2 },
    ]);
    const wide = { lowest: 0, highest: 50, whole: false, bins: 10, bin: 9, responses: 3 };
    expect(histogramOf([wide])).toHaveLength(10);
    expect(histogramOf([wide]).at(-1)).toEqual({ from: 45, to: 50, count: 3 });
    const widest = { lowest: -Number.MAX_VALUE, highest: Number.MAX_VALUE };
    const edges = histogramOf([{ ...wide, ...widest }]).flatMap(({ from, to }) => [from, to]);
    expect(edges.every(Number.isFinite)).toBe(true);
    expect([edges[0], edges.at(-1)]).toEqual([widest.lowest, widest.highest]);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    expect(histogramOf([])).toEqual([]);
    expect(stepResults(step('TEXT_LONG'), nps, [], [], []).histogram).toBeNull();
  });
});

describe('the series of a step', () => {
  const day = (text: string, more: object) => ({ day: text, ...NO_RESPONSES, ...more });

  it('has the mean and the score of each interval', () => {
    const days = [
      day('2025-02-03', { numeric: 2, sum: 19, promoters: 2 }),
      day('2025-02-05', { numeric: 2, sum: 10, promoters: 1, detractors: 1 }),
    ];
    expect(scaleSeries(step('NPS'), days, { interval: 'day' })).toMatchObject({
      stepUid: 's1',
      totals: { responses: 4, mean: 7.25, nps: { score: 50, promoters: 3 } },
      series: [
        { from: '2025-02-03', to: '2025-02-04', responses: 2, mean: 9.5, nps: { score: 100 } },
        { from: '2025-02-04', to: '2025-02-05', responses: 0, mean: null, nps: null },
        { from: '2025-02-05', to: '2025-02-06', responses: 2, mean: 5, nps: { score: 0 } },
      ],
    });
    expect(scaleSeries(step('SLIDER'), days, { interval: 'week' })).toMatchObject({
      series: [{ from: '2025-02-03', to: '2025-02-06', responses: 4, nps: null }],
    });
  });
});
