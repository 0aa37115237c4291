/** Step types whose answers are numbers on a scale. */
export const SCALES = ['NPS', 'OPINION_SCALE', 'SLIDER'] as const;

export function isScale(stepType: string | null | undefined): boolean {
  return (SCALES as readonly (string | null | undefined)[]).includes(stepType);
}
