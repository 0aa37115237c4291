import { acceptEvent, REJECTED_REPLAYED, rejectedDiscarded, rejectedReplayed, uuidsIn } from '@app/catalog';
import { systemRecordOf, type Placed } from './records';

/**
 * Rejected events (objects are missing, kinds are unknown, one has the name of a system event), and decisions on some of
 * them: some are replayed several times, some in the same millisecond, some are discarded.
 */
export function rejectedDeliveries(bodies: readonly string[]): (string | Placed)[] {
  return bodies.flatMap((body, i): (string | Placed)[] => {
    const event = JSON.parse(body) as Record<string, unknown>;
    const broken = JSON.stringify(
      [
        { ...event, experience: undefined, post: undefined, request: { title: `odd \u0000 ${i}` } },
        { ...event, event: `x.${String(event['event'])}`, note: '\ud800' },
        { ...event, event: REJECTED_REPLAYED, setAside: { kind: 'unrecognized' } },
      ][i % 3],
    );
    const again = i % 2 === 0 ? [] : [replayOf(broken, i), replayOf(broken, i + (i % 4))];
    const givenUp = i % 5 < 2 ? [discardOf(broken, i)] : [];
    return [broken, ...again, ...givenUp];
  });
}

function replayOf(body: string, n: number): Placed {
  const { about, id, time } = toldOf(body, n);
  const accepted = { id, position: `jimo.engagement/${n % 3}@${n}` };
  return systemRecordOf(rejectedReplayed({ ...about, accepted }), time);
}

function discardOf(body: string, n: number): Placed {
  const { about, time } = toldOf(body, n);
  return systemRecordOf(rejectedDiscarded({ ...about, reason: `reason ${n}` }), time);
}

function toldOf(body: string, n: number) {
  const acceptance = acceptEvent({ workspace: 'default', text: body, now: Date.UTC(2100, 0, 1) });
  if (acceptance.outcome === 'rejected' || acceptance.outcome === 'accepted')
    throw new Error(`${acceptance.outcome}: ${body}`);
  const { id, key, outcome } = acceptance;
  const time = Date.UTC(2100, 0, 2) + (n % 5);
  const kind = outcome === 'quarantined' ? ('quarantine' as const) : ('unrecognized' as const);
  const setAside = { kind, id };
  const about = {
    ...{ workspace: 'default', time, partitionKey: key, setAside },
    carries: uuidsIn(body),
    by: 'a test',
  };
  return { about, id, time };
}
