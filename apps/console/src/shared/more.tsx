import { Button, Center } from '@mantine/core';

/** The button for the next page of a list, if there is one. */
export function More({ more, loading }: { more: (() => void) | null; loading: boolean }) {
  if (!more) return null;
  return (
    <Center py="sm">
      <Button variant="default" onClick={more} loading={loading}>
        Show more
      </Button>
    </Center>
  );
}
