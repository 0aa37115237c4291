import { Button } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { Link } from 'react-router';
import { logLink } from './links';

/** Opens the event log at the events that what the page shows comes from. */
export function OpenLog({ filters }: { filters: Parameters<typeof logLink>[0] }) {
  return (
    <Button
      component={Link}
      to={logLink(filters)}
      variant="default"
      leftSection={<IconListSearch size={16} aria-hidden />}
    >
      Events
    </Button>
  );
}
