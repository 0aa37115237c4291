import { Button } from '@mantine/core';
import { useState } from 'react';
import { short } from './short';

/** Longer texts are collapsed, so that the content below stays within reach. */
const UNFOLDED = 600;

/** Text written by users, with its line breaks and writing direction; very long text is collapsed. */
export function LongText({ children: text }: { children: string }) {
  const [whole, setWhole] = useState(false);
  const characters = [...text];
  const folds = characters.length > UNFOLDED;
  return (
    <>
      <span dir="auto" className="written">
        {folds && !whole ? `${characters.slice(0, UNFOLDED).join('')}…` : text}
      </span>
      {folds && (
        <Button
          size="compact-sm"
          variant="subtle"
          display="block"
          my={4}
          aria-expanded={whole}
          aria-label={`${whole ? 'Show less' : 'Show all'} of “${short(text, 40)}”`}
          onClick={() => setWhole(!whole)}
        >
          {whole ? 'Show less' : 'Show all'}
        </Button>
      )}
    </>
  );
}
