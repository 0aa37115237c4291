import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState, type ReactNode } from 'react';

const TYPING_MS = 300;

/** A field that writes its text into the address when typing pauses, and follows the address when that changes. */
export function Typed({
  value,
  onTyped,
  field,
}: {
  value: string;
  onTyped: (value: string) => void;
  field: (props: { value: string; onChange: (value: string) => void }) => ReactNode;
}) {
  const [text, setText] = useState(value);
  const written = useRef(value);
  const write = useDebouncedCallback((next: string) => {
    written.current = next;
    onTyped(next);
  }, TYPING_MS);
  useEffect(() => {
    if (value === written.current) return;
    written.current = value;
    setText(value);
  }, [value]);
  return field({
    value: text,
    onChange: (next) => {
      setText(next);
      write(next.trim());
    },
  });
}
