import { createLogger, Metrics } from '@app/platform';

import { ProjectorReport } from './projector.metrics';

describe('what a projector says of its trouble with the database', () => {
  const report = new ProjectorReport(new Metrics(), createLogger('test', 'silent'));
  const fail = () => report.retrying('journeys', new Error('connection refused'), 1, 100);

  it('ends when the batch is committed after all', () => {
    fail();
    expect(report.trouble).toBe('journeys: connection refused');
    report.recovered('journeys');
    expect(report.trouble).toBeNull();
  });

  it('ends when the batch is given up with its partition: nobody would ever say that it is over', () => {
    fail();
    report.abandoned('journeys');
    expect(report.trouble).toBeNull();
  });
});
