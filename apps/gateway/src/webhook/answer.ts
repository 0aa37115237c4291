import type { RejectedEvent, TakenEvent } from './intake';

/**
 * A result as JSON. Written by hand, since there may be tens of thousands a second: an id, a status and a position
 * hold nothing that JSON has to escape.
 */
export function resultJson(result: TakenEvent | RejectedEvent): string {
  if (result.status === 'rejected') return JSON.stringify(result);
  const { id, status, position, problems } = result;
  const more = problems ? `,"problems":${JSON.stringify(problems)}` : '';
  return `{"id":"${id}","status":"${status}","position":"${position}"${more}}`;
}

export function resultsJson(results: readonly (TakenEvent | RejectedEvent)[]): string {
  let json = '[';
  for (const result of results) json += json.length > 1 ? `,${resultJson(result)}` : resultJson(result);
  return `${json}]`;
}
