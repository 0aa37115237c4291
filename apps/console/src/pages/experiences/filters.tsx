import { Autocomplete, CloseButton, Group, Pill, Select, TextInput } from '@mantine/core';
import { IconSearch, IconTag } from '@tabler/icons-react';
import { STATUSES, TYPES, typeWord } from '../../shared/experience';
import { Typed } from '../../shared/typed';
import { useQueryState } from '../../shared/use-query-state';
import type { ExperienceFilters } from './use-experiences';

/**
 * @param tags the suggestions; any other tag can be typed
 * @param byStatus true on the board, which shows every status and so offers no status filter
 */
export function Filters({
  filters,
  tags,
  byStatus,
}: {
  filters: ExperienceFilters;
  tags: readonly string[];
  byStatus: boolean;
}) {
  const { get, set } = useQueryState();
  const workspace = get('workspace');
  return (
    <Group gap="sm" align="flex-end" component="section" aria-label="Filters">
      <Typed
        value={filters.q ?? ''}
        onTyped={(q) => set({ q }, { replace: true })}
        field={({ value, onChange }) => (
          <TextInput
            type="search"
            label="Title"
            placeholder="Part of the title"
            leftSection={<IconSearch size={16} aria-hidden />}
            rightSection={
              value && <CloseButton size="sm" aria-label="Clear the title" onClick={() => onChange('')} />
            }
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
            w={{ base: '100%', xs: 240 }}
          />
        )}
      />
      <Select
        label="Type"
        placeholder="All types"
        data={TYPES.map((type) => ({ value: type, label: typeWord(type) }))}
        value={filters.type}
        onChange={(type) => set({ type })}
        clearable
        clearButtonProps={{ 'aria-label': 'All types' }}
        w={{ base: '100%', xs: 150 }}
      />
      {!byStatus && (
        <Select
          label="Status"
          placeholder="All statuses"
          data={STATUSES.map(({ status, word }) => ({ value: status, label: word }))}
          value={filters.status}
          onChange={(status) => set({ status })}
          clearable
          clearButtonProps={{ 'aria-label': 'All statuses' }}
          w={{ base: '100%', xs: 150 }}
        />
      )}
      <Typed
        value={filters.tag ?? ''}
        onTyped={(tag) => set({ tag }, { replace: true })}
        field={({ value, onChange }) => (
          <Autocomplete
            label="Tag"
            placeholder="Any tag"
            leftSection={<IconTag size={16} aria-hidden />}
            data={[...tags]}
            value={value}
            onChange={onChange}
            clearable
            clearButtonProps={{ 'aria-label': 'Any tag' }}
            w={{ base: '100%', xs: 170 }}
          />
        )}
      />
      {workspace && (
        <Pill
          size="md"
          withRemoveButton
          onRemove={() => set({ workspace: null })}
          removeButtonProps={{
            'aria-label': `All workspaces, not only ${workspace}`,
            tabIndex: 0,
            'aria-hidden': false,
          }}
        >
          Workspace {workspace}
        </Pill>
      )}
    </Group>
  );
}
