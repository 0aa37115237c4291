import { Button } from '@mantine/core';
import { useState } from 'react';
import { short } from './short';

/** Longer than this, a text is folded: what stands below it must stay in reach. */
const UNFOLDED = 600;

/** What somebody wrote, line by line and in its own direction; what is very long is unfolded by who wants to read it. */
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
