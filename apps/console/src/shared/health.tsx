import { Alert, Anchor, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconClockHour4 } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import { counted } from './numbers';
import { Failed } from './states';
import { Moment } from './time';
import { inAWord, lastVerified, useProjections } from './projections';
import { useWaiting } from './waiting';

const LOOKS = {
  well: { color: 'teal', icon: IconCircleCheck },
  behind: { color: 'yellow', icon: IconClockHour4 },
  attention: { color: 'yellow', icon: IconAlertTriangle },
  trouble: { color: 'red', icon: IconAlertTriangle },
} as const;

/** Whether what is shown can be relied on, in a sentence. */
export function Health() {
  const query = useProjections();
  const waiting = useWaiting();
  const { pathname } = useLocation();
  if (query.data === undefined) {
    if (query.error)
      return <Failed what="the pipeline’s health" error={query.error} retry={() => void query.refetch()} />;
    return <Skeleton h={74} role="status" aria-label="Loading the pipeline’s health" />;
  }
  const { kind, title, lines } = inAWord(query.data, waiting);
  const { color, icon: Icon } = LOOKS[kind];
  const verified = lastVerified(query.data);
  return (
    <Alert color={color} icon={<Icon />} title={title}>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
      {kind === 'well' && verified && (
        <div>
          {counted(query.data.length, 'read model')} compared with the log row by row, the last{' '}
          <Moment at={verified} relative />.
        </div>
      )}
      {kind === 'well' && !verified && (
        <div>
          Not every read model has been compared with the log row by row and found clean yet: an admin does
          that on the page Pipeline.
        </div>
      )}
      {(kind !== 'well' || !verified) && pathname === '/' && (
        <Anchor component={Link} to="/pipeline" inherit c="inherit">
          Open the pipeline
        </Anchor>
      )}
    </Alert>
  );
}
