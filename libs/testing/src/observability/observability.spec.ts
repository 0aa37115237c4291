import { alertRules, dashboardPanels, expressions, observabilityFile } from './files';
import { readPromql } from './promql';

describe('the alert rules and the dashboard', () => {
  it.each(expressions().map(({ where, expr }) => [where, expr]))('%s asks in PromQL', (_where, expr) => {
    expect(readPromql(expr).selectors.every(({ metric }) => metric !== '')).toBe(true);
  });

  it('say of every alert how urgent it is, and what it means', () => {
    const rules = alertRules();
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations, for: patience } of rules) {
      expect([alert, labels['severity']]).toEqual([alert, expect.stringMatching(/^(?:page|ticket)$/)]);
      expect(annotations['summary']).toBeTruthy();
      expect(patience ?? '0s').toMatch(/^\d+[smh]$/);
    }
  });

  it('name in their texts only labels that the alert has', () => {
    const scraped = ['job', 'instance'];
    for (const { alert, expr, annotations } of alertRules()) {
      const { selectors, grouping } = readPromql(expr);
      const aggregated = grouping.length > 0 || /\b(?:sum|min|max)\(/.test(expr);
      const own = selectors.flatMap(({ labels }) => labels);
      const known = new Set(aggregated ? grouping : [...scraped, ...own, 'pool']);
      const named = Object.values(annotations).flatMap((text) =>
        [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!),
      );
      expect([alert, named.filter((label) => !known.has(label))]).toEqual([alert, []]);
    }
  });

  it('put every panel in a place of its own', () => {
    const panels = dashboardPanels();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, x < 24, taken.has(`${x}/${y}`)]).toEqual([title, true, false]);
          taken.add(`${x}/${y}`);
        }
  });

  it('scrape every app', () => {
    const { scrape_configs: jobs } = observabilityFile<{
      scrape_configs: readonly { job_name: string; dns_sd_configs: readonly { names: string[] }[] }[];
    }>('prometheus.yml');
    expect(jobs.map(({ job_name, dns_sd_configs }) => [job_name, dns_sd_configs[0]!.names])).toEqual(
      ['gateway', 'journey-projector', 'experience-projector', 'feedback-projector', 'read-api'].map(
        (app) => [app, [app]],
      ),
    );
  });
});

describe('PromQL', () => {
  it('is read for its metrics and labels', () => {
    expect(readPromql('sum by (a) (rate(x_total{s="r",t!~"5.."}[5m])) > 3 * y')).toEqual({
      selectors: [
        { metric: 'x_total', labels: ['s', 't'] },
        { metric: 'y', labels: [] },
      ],
      grouping: ['a'],
    });
  });

  it.each(['sum(rate(', 'rate(x)', 'x{a=}', 'x y'])('is not %s', (text) => {
    expect(() => readPromql(text)).toThrow(text);
  });
});
