import {
  Accordion,
  Anchor,
  Badge,
  createTheme,
  Loader,
  ScrollArea,
  type CSSVariablesResolver,
} from '@mantine/core';

/** System fonts, so that nothing is loaded from other hosts. */
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  fontFamily: SANS,
  headings: { fontFamily: SANS, fontWeight: '650' },
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    Accordion: Accordion.extend({
      styles: {
        item: {
          backgroundColor: 'var(--mantine-color-body)',
          border: '1px solid var(--mantine-color-default-border)',
        },
      },
    }),
    // Scroll bars are always visible on overflow, also on touch screens, which cannot hover.
    ScrollArea: ScrollArea.extend({ defaultProps: { type: 'auto' } }),
    // Badges keep their case and are never cut off.
    Badge: Badge.extend({ defaultProps: { tt: 'none' }, styles: { root: { flexShrink: 0 } } }),
    // Only an element with a role may have a label.
    Loader: Loader.extend({ defaultProps: { role: 'status' } }),
    // Colour alone does not distinguish a link from the text around it.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
  },
});

/** Replaces Mantine's colours that miss WCAG AA (a contrast of 4.5); the specs check every page with axe. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-placeholder': colors.gray[7],
    '--mantine-color-error': colors.red[9],
    // The text of `light` badges and alerts has enough contrast only on the lightest shade.
    ...Object.fromEntries(
      Object.entries(colors).flatMap(([name, shades]) => {
        const lightest = name === 'gray' ? 1 : 0;
        return [
          [`--mantine-color-${name}-light`, shades[lightest]],
          [`--mantine-color-${name}-light-hover`, shades[lightest + 1]],
        ];
      }),
    ),
    // The darkest yellow and orange are too light for text.
    '--mantine-color-yellow-light-color': '#7a4100',
    '--mantine-color-orange-light-color': '#a03400',
    '--chart-gray': colors.gray[6],
    '--chart-indigo': colors.indigo[6],
    '--chart-teal': colors.teal[8],
    '--chart-orange': colors.orange[8],
    '--chart-red': colors.red[8],
    '--chart-grape': colors.grape[7],
    '--chart-cyan': colors.cyan[7],
    '--chart-yellow': '#8a6d00',
  },
  dark: {
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-placeholder': colors.dark[1],
    '--mantine-color-error': colors.red[4],
    '--chart-gray': colors.gray[5],
    '--chart-indigo': colors.indigo[4],
    '--chart-teal': colors.teal[4],
    '--chart-orange': colors.orange[4],
    '--chart-red': colors.red[5],
    '--chart-grape': colors.grape[4],
    '--chart-cyan': colors.cyan[4],
    '--chart-yellow': colors.yellow[5],
  },
});
