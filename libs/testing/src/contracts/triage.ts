import { generateTriage } from '@app/catalog';
import { ownRecordOf, recordOf, type Placed } from './records';

/** The bodies, and records of the triage of the requests that are among them. */
export function withTriage(bodies: readonly string[], seed = 1): (string | Placed)[] {
  const requests = new Map<string, number>();
  for (const body of bodies) {
    const { record } = recordOf(body, 0);
    const { event, time, request } = JSON.parse(record.value!.toString()) as Submitted;
    if (event === 'request.created') requests.set(request.uid, time);
  }
  const triage = generateTriage(
    [...requests].map(([uid, time]) => ({ uid, time })),
    { seed },
  );
  return [...bodies, ...[...triage].map((record) => ownRecordOf(record, 0))];
}

interface Submitted {
  readonly event: string;
  readonly time: number;
  readonly request: { readonly uid: string };
}
