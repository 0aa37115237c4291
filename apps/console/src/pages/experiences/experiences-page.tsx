import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Page } from '../../layout/page';
import type { Experience } from '../../shared/experience';
import { ExportFile } from '../../shared/export-file';
import { count, counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import { useChanges } from '../../stream/use-changes';
import { ExperienceBoard } from './experience-board';
import { ExperienceTable } from './experience-table';
import { Filters } from './filters';
import { SORTS } from './sorting';
import { tagNames } from './tags';
import { asQuery, SHOWN_AT_ONCE, useExperiences, useFilters } from './use-experiences';

const VIEWS = ['table', 'board'] as const;

export function ExperiencesPage() {
  const queries = useQueryClient();
  const { set, oneOf } = useQueryState();
  const { ofWorkspace, several } = useWorkspace();
  const view = oneOf('view', VIEWS);
  const inAddress = useFilters();
  const filters = view === 'board' ? { ...inAddress, status: null } : inAddress;
  const { items, error, retry, more } = useExperiences(filters);
  const tags = useTags(items);
  useChanges(
    { kind: 'lifecycle', ...ofWorkspace },
    () => void queries.invalidateQueries({ queryKey: ['experiences'] }),
  );
  return (
    <Page
      title="Experiences"
      lead="Tours, surveys, checklists, hints, banners and posts, with their status. Open one to see how it performs."
      aside={
        <Group gap="xs">
          <SegmentedControl
            aria-label="View"
            size="xs"
            value={view}
            onChange={(next) => set({ view: next === 'table' ? null : next })}
            data={[
              { value: 'table', label: 'Table' },
              { value: 'board', label: 'Board' },
            ]}
          />
          <ExportFile
            path="v1/experiences"
            query={{ ...asQuery(filters), ...ofWorkspace }}
            file="experiences"
          />
        </Group>
      }
    >
      <Stack gap="md">
        <Filters filters={filters} tags={tags} byStatus={view === 'board'} />
        <Loaded what="the experiences" data={items} error={error} retry={retry}>
          {(found) => (
            <>
              <Text size="sm" c="dimmed" role="status">
                {counted(found.length, 'experience')}
                {more && found.length >= SHOWN_AT_ONCE
                  ? `: the first ${count(SHOWN_AT_ONCE)}. Use a filter to see others, or export the whole list.`
                  : ''}
              </Text>
              {found.length === 0 ? (
                <NoneFound filtered={Object.keys(asQuery(filters)).length > 0} />
              ) : view === 'board' ? (
                <ExperienceBoard items={found} workspaces={several} />
              ) : (
                <ExperienceTable items={found} sort={oneOf('sort', SORTS)} workspaces={several} />
              )}
            </>
          )}
        </Loaded>
      </Stack>
    </Page>
  );
}

function NoneFound({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No matching experiences">Remove a filter, or search for another part of the title.</Empty>
  ) : (
    <Empty title="No experiences yet">
      An experience appears with the first event that names it. Point Jimo’s webhook at the gateway, or run{' '}
      <code>npm run demo</code> for a generated month of events.
    </Empty>
  );
}

/** The tags of the shown experiences, as suggestions. */
function useTags(items: readonly Experience[] | undefined): string[] {
  return useMemo(() => [...new Set(items?.flatMap(({ tags }) => tagNames(tags)))].sort(), [items]);
}
