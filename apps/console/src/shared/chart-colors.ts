/**
 * Colours of drawings, from `theme.ts`: each stands out from its card by 3:1, in light and in dark. None is ever the only
 * sign of what it means.
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
