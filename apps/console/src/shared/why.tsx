import { Anchor } from '@mantine/core';
import { Link, type To } from 'react-router';

/** A link to the evidence of a row or figure, which `of` names: "the profile". */
export function Why({ of, to }: { of: string; to: To }) {
  return (
    <Anchor
      component={Link}
      to={to}
      size="xs"
      style={{ flexShrink: 0 }}
      aria-label={`Why? Evidence of ${of}`}
    >
      Why?
    </Anchor>
  );
}
