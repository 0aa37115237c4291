/**
 * Chart colours, defined in `theme.ts`: each has a contrast of 3:1 against its card, in light and dark. Colour is never the
 * only carrier of meaning.
 */
export const CHART = {
  gray: 'var(--chart-gray)',
  indigo: 'var(--chart-indigo)',
  teal: 'var(--chart-teal)',
  orange: 'var(--chart-orange)',
  red: 'var(--chart-red)',
  grape: 'var(--chart-grape)',
  cyan: 'var(--chart-cyan)',
  yellow: 'var(--chart-yellow)',
} as const;
