import { ReadApiProblem } from '@app/client';
import { Card, Group, Stack, Switch, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { Page } from '../../layout/page';
import { ExportFile } from '../../shared/export-file';
import { LiveBadge } from '../../shared/live-badge';
import { More } from '../../shared/more';
import { counted } from '../../shared/numbers';
import { Empty, explain, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import { LogEvents } from './log-event';
import { ADDRESS_FILTERS, LogFilterFields } from './log-filters';
import { MOST_FOLLOWED, useFollowed, useFollowing, useLog, type LogFilters } from './use-log';

/** The text that is searched for is kept with the entry of the history, not in the address: it may be about a person. */
interface Searched {
  readonly q?: string;
}

export function LogPage() {
  const { get } = useQueryState();
  const { ofWorkspace } = useWorkspace();
  const navigate = useNavigate();
  const location = useLocation();
  const [q, setQ] = useState(() => (location.state as Searched | null)?.q ?? '');
  useEffect(() => {
    if (((location.state as Searched | null)?.q ?? '') === q) return;
    const { search } = window.location;
    void navigate({ search }, { replace: true, preventScrollReset: true, state: { q } satisfies Searched });
  }, [q, location, navigate]);
  const filters: LogFilters = {
    ...Object.fromEntries(ADDRESS_FILTERS.flatMap((name) => (get(name) ? [[name, get(name)]] : []))),
    ...(q !== '' && { q }),
    ...ofWorkspace,
  };
  const following = useFollowing(filters.workspace);
  return (
    <Page
      title="Event log"
      lead="Every event as it was received, newest first. Search it to see what happened, when, and with which payload."
      aside={<ExportFile path="v1/log" query={{ ...filters }} file="events" format="ndjson" />}
    >
      <LogFilterFields q={q} setQ={setQ} />
      <Results filters={filters} following={following} />
    </Page>
  );
}

/** Not where the filters end in the past. */
const canFollow = ({ position, to }: LogFilters): boolean => position === undefined && to === undefined;

function Results({
  filters,
  following,
}: {
  filters: LogFilters;
  following: ReturnType<typeof useFollowing>;
}) {
  const since = canFollow(filters) ? following.since : null;
  const log = useLog(filters, since);
  const followed = useFollowed(filters, since);
  const seen = new Set(followed.items.map(({ position }) => position));
  const isMissing = log.error instanceof ReadApiProblem && ['not-found', 'invalid'].includes(log.error.kind);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status" component="div">
          {log.progress && <Progress {...log.progress} />}
        </Text>
        <Group gap="sm">
          {since !== null && <LiveBadge liveness={followed.liveness} />}
          <Switch
            label="Follow new events"
            checked={since !== null || following.isBeginning}
            disabled={!canFollow(filters) || following.isBeginning}
            onChange={(event) => following.follow(event.currentTarget.checked)}
          />
        </Group>
      </Group>
      {followed.dropped && (
        <Text size="sm" c="dimmed" role="status">
          More events arrived than the newest {counted(MOST_FOLLOWED, 'event')} that are kept while you
          follow: older ones of them were dropped. Stop following to see all.
        </Text>
      )}
      {isMissing ? (
        <Empty title="Nothing found">{explain(log.error)}</Empty>
      ) : (
        <Loaded what="the log" data={log.items} error={log.error} retry={log.retry}>
          {(items) => {
            const shown = [...followed.items, ...items.filter(({ position }) => !seen.has(position))];
            if (shown.length > 0)
              return (
                <Card withBorder p={0}>
                  <LogEvents events={shown} />
                </Card>
              );
            return log.more ? null : (
              <Empty title="No events found">
                No event in the log matches these filters. Events of erased people are not found, nor events
                of workspaces that your token does not see.
              </Empty>
            );
          }}
        </Loaded>
      )}
      <More more={log.more} loading={log.loadingMore} />
    </Stack>
  );
}

function Progress({
  scanned,
  scannedTo,
  remaining,
}: {
  scanned: number;
  scannedTo: string | null;
  remaining: number;
}) {
  if (remaining === 0 || scannedTo === null) return <>{counted(scanned, 'record')} searched: all of them.</>;
  return (
    <>
      {counted(scanned, 'record')} searched, back to <Moment at={scannedTo} />.
    </>
  );
}
