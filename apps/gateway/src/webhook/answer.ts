import type { RejectedEvent, TakenEvent } from './intake';

/**
 * A result as JSON. Built by hand, because there may be tens of thousands per second; id, status and position contain
 * nothing that JSON must escape.
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
