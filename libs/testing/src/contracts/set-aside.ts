import { acceptEvent, SET_ASIDE_REPLAYED, setAsideReplayed, uuidsIn } from '@app/catalog';
import { ownRecordOf, type Placed } from './records';

/**
 * A life of which nothing can be placed (objects are missing, kinds are unknown, one has the name of our own
 * event), and the replays of a part of it: some several times, some at the same millisecond.
 */
export function setAsideDeliveries(bodies: readonly string[]): (string | Placed)[] {
  return bodies.flatMap((body, i): (string | Placed)[] => {
    const event = JSON.parse(body) as Record<string, unknown>;
    const broken = JSON.stringify(
      [
        { ...event, experience: undefined, post: undefined, request: { title: `odd \u0000 ${i}` } },
        { ...event, event: `x.${String(event['event'])}`, note: '\ud800' },
        { ...event, event: SET_ASIDE_REPLAYED, setAside: { kind: 'unrecognized' } },
      ][i % 3],
    );
    const again = i % 2 === 0 ? [] : [replayOf(broken, i), replayOf(broken, i + (i % 4))];
    return [broken, ...again];
  });
}

function replayOf(body: string, n: number): Placed {
  const acceptance = acceptEvent({ workspace: 'default', text: body, now: Date.UTC(2100, 0, 1) });
  if (acceptance.outcome === 'rejected' || acceptance.outcome === 'accepted')
    throw new Error(`${acceptance.outcome}: ${body}`);
  const { id, key, outcome } = acceptance;
  const time = Date.UTC(2100, 0, 2) + (n % 5);
  return ownRecordOf(
    setAsideReplayed({
      workspace: 'default',
      time,
      partitionKey: key,
      setAside: { kind: outcome === 'quarantined' ? 'quarantine' : 'unrecognized', id },
      accepted: { id, position: `jimo.engagement/${n % 3}@${n}` },
      carries: uuidsIn(body),
      by: 'a test',
    }),
    time,
  );
}
