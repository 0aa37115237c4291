/** Step types whose answers are numbers on a scale. */
export const SCALES: ReadonlySet<string> = new Set(['NPS', 'OPINION_SCALE', 'SLIDER']);
