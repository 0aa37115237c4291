import type { Job } from '@app/engine-postgres';
import type { ReadGrant } from '@app/platform';
import { isVisible, showJob } from './show-job';

const job = (more: Partial<Job> = {}): Job => ({
  ...{ id: '1', projection: 'jimers', kind: 'replay', state: 'succeeded', version: 1, parameters: {} },
  ...{ requestedBy: 'admin@beta', requestedAt: new Date(0), cancelRequestedAt: null, instance: null },
  ...{ startedAt: null, finishedAt: null, progress: null, outcome: { replayed: 3, rows: [{ uid: 'x' }] } },
  ...more,
});
const acme: ReadGrant = { scope: 'admin', workspace: 'acme' };
const beta: ReadGrant = { scope: 'admin', workspace: 'beta' };
const all: ReadGrant = { scope: 'admin', workspace: null };

describe('a job that one workspace asked for', () => {
  it('is seen by its admins and by those of all workspaces, and by no other', () => {
    expect([acme, beta, all].map((grant) => isVisible(job(), grant))).toEqual([false, true, true]);
  });

  it('shows its rows to admins of all workspaces only', () => {
    expect(showJob(job(), beta)).toMatchObject({ requestedBy: 'admin@beta', outcome: { replayed: 3 } });
    expect(showJob(job(), beta).outcome).not.toHaveProperty('rows');
    expect(showJob(job(), all).outcome).toHaveProperty('rows');
  });
});

describe('an erasure, which is one for all who ask', () => {
  const erasure = job({ kind: 'erase', projection: 'log', outcome: { jimers: 7, tombstones: 90 } });

  it('shows another workspace that it is done, and neither for whom nor how many', () => {
    expect(isVisible(erasure, acme)).toBe(true);
    expect(showJob(erasure, acme)).toMatchObject({
      ...{ state: 'succeeded', requestedBy: 'another workspace', outcome: null },
    });
    expect(showJob(erasure, beta)).toMatchObject({ requestedBy: 'admin@beta', outcome: null });
    expect(showJob(erasure, all)).toMatchObject({ requestedBy: 'admin@beta', outcome: { jimers: 7 } });
  });
});

describe('a job for all workspaces', () => {
  it.each(['admin', 'ops', 'schedule'])('that %s asked for is seen by any admin', (requestedBy) => {
    expect(isVisible(job({ kind: 'rebuild', requestedBy }), acme)).toBe(true);
    expect(showJob(job({ kind: 'rebuild', requestedBy }), acme)).toMatchObject({ requestedBy });
  });
});
