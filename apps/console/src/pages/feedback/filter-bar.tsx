import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import './feedback.css';
import { isFiltered, type Filters, type TextFilter } from './filters';

const TYPING_MS = 300;

export interface FilterChoices {
  readonly workspaces: readonly string[];
  readonly projects: readonly { readonly uid: string; readonly name: string | null }[];
  readonly tags: readonly string[];
  readonly assignees: readonly string[];
}

export function FilterBar({
  filters,
  setFilter,
  clear,
  choices,
}: {
  filters: Filters;
  setFilter: (name: TextFilter | 'merged', value: string | null, typing?: boolean) => void;
  clear: () => void;
  choices: FilterChoices;
}) {
  const byUid = new Map(choices.projects.map(({ uid, name }) => [uid, name ?? uid]));
  const names = [...byUid.values()];
  // Projects with the same name are distinguished by their uids.
  const projects = [...byUid].map(([uid, name]) => ({
    value: uid,
    label: names.filter((other) => other === name).length > 1 ? `${name} (…${uid.slice(-8)})` : name,
  }));
  return (
    <div className="feedback-filters" role="search" aria-label="Filters">
      <Typed name="q" label="Text" value={filters.q} setFilter={setFilter} suggestions={null} />
      <Choice
        label="Project"
        value={filters.project}
        choices={projects}
        all="All projects"
        choose={(value) => setFilter('project', value)}
      />
      <Choice
        label="Tag"
        value={filters.tag}
        choices={choices.tags.map((tag) => ({ value: tag, label: tag }))}
        all="All tags"
        choose={(value) => setFilter('tag', value)}
      />
      <Typed
        name="assignee"
        label="Assignee"
        value={filters.assignee}
        setFilter={setFilter}
        suggestions={choices.assignees}
      />
      <NativeSelect
        label="Merged requests"
        value={filters.merged}
        onChange={(event) => setFilter('merged', event.currentTarget.value)}
        data={[
          { value: 'hidden', label: 'Hide' },
          { value: 'all', label: 'Show' },
          { value: 'only', label: 'Only merged' },
        ]}
      />
      {(choices.workspaces.length > 1 || filters.workspace !== null) && (
        <Choice
          label="Workspace"
          value={filters.workspace}
          choices={choices.workspaces.map((one) => ({ value: one, label: one }))}
          all="All workspaces"
          choose={(value) => setFilter('workspace', value)}
        />
      )}
      {isFiltered(filters) && (
        <Button variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={clear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

/** A select whose value may come from the address and be missing among the choices. */
function Choice({
  label,
  value,
  choices,
  all,
  choose,
}: {
  label: string;
  value: string | null;
  choices: readonly { readonly value: string; readonly label: string }[];
  all: string;
  choose: (value: string | null) => void;
}) {
  const known = value === null || choices.some((choice) => choice.value === value);
  return (
    <NativeSelect
      label={label}
      value={value ?? ''}
      onChange={(event) => choose(event.currentTarget.value || null)}
      data={[{ value: '', label: all }, ...choices, ...(known ? [] : [{ value, label: value }])]}
    />
  );
}

function Typed({
  name,
  label,
  value,
  setFilter,
  suggestions,
}: {
  name: 'q' | 'assignee';
  label: string;
  value: string | null;
  setFilter: (name: TextFilter, value: string | null, typing?: boolean) => void;
  suggestions: readonly string[] | null;
}) {
  const [typed, setTyped] = useState(value ?? '');
  const [shown, setShown] = useState(value);
  // The address changed, or "Clear filters" was pressed.
  if (value !== shown) {
    setShown(value);
    setTyped(value ?? '');
  }
  const apply = useDebouncedCallback((text: string) => {
    const next = text.trim() === '' ? null : text.trim();
    setShown(next);
    setFilter(name, next, true);
  }, TYPING_MS);
  const type = (text: string): void => {
    setTyped(text);
    apply(text);
  };
  if (suggestions)
    return (
      <Autocomplete
        label={label}
        value={typed}
        onChange={type}
        data={[...suggestions]}
        placeholder="Anyone"
      />
    );
  return (
    <TextInput
      label={label}
      type="search"
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      placeholder="Words in the request"
      leftSection={<IconSearch size={14} aria-hidden />}
    />
  );
}
