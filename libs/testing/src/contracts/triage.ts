import { generateTriage, type SubmittedRequest } from '@app/catalog';
import { systemRecordOf, recordOf, type Placed } from './records';

/** The bodies, and records of the triage of the requests that are among them. */
export function withTriage(bodies: readonly string[], seed = 1): (string | Placed)[] {
  const requests = new Map<string, SubmittedRequest>();
  for (const body of bodies) {
    const { record } = recordOf(body, 0);
    const { event, time, request, jimer } = JSON.parse(record.value!.toString()) as Submitted;
    if (event === 'request.created') requests.set(request.uid, { uid: request.uid, jimer, time });
  }
  const triage = generateTriage([...requests.values()], { seed });
  return [...bodies, ...[...triage].map((record) => systemRecordOf(record, 0))];
}

interface Submitted {
  readonly event: string;
  readonly time: number;
  readonly request: { readonly uid: string };
  readonly jimer: { readonly uid: string };
}
