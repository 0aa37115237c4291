import { EVENT_NAMES } from '@app/client';
import { Autocomplete, Button, CloseButton, Collapse, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { Typed } from '../../shared/typed';
import { useQueryState } from '../../shared/use-query-state';

/** Filters that are in the address, besides the text. */
export const ADDRESS_FILTERS = [
  'jimerUid',
  'experienceUid',
  'requestUid',
  'id',
  'event',
  'from',
  'to',
  'position',
] as const;

type AddressFilter = (typeof ADDRESS_FILTERS)[number];

const FIELDS: readonly {
  readonly name: AddressFilter;
  readonly label: string;
  readonly placeholder: string;
}[] = [
  { name: 'jimerUid', label: 'User', placeholder: 'Uid of a user' },
  { name: 'experienceUid', label: 'Experience', placeholder: 'Uid of an experience or post' },
  { name: 'requestUid', label: 'Request', placeholder: 'Uid of a request' },
  { name: 'id', label: 'Event id', placeholder: 'As the gateway answered it' },
  { name: 'position', label: 'Position', placeholder: 'jimo.engagement/3@17' },
];

const TIMES: readonly { readonly name: 'from' | 'to'; readonly label: string }[] = [
  { name: 'from', label: 'Received from' },
  { name: 'to', label: 'Received before' },
];

export function LogFilterFields({ q, setQ }: { q: string; setQ: (q: string) => void }) {
  const { get, set } = useQueryState();
  const isAny = FIELDS.some(({ name }) => get(name)) || TIMES.some(({ name }) => get(name));
  const [opened, { toggle }] = useDisclosure(isAny);
  const cleared = Object.fromEntries(ADDRESS_FILTERS.map((name) => [name, null]));
  return (
    <Stack gap="sm" component="section" aria-label="Filters">
      <Group gap="sm" align="flex-end">
        <Typed
          value={q}
          onTyped={setQ}
          field={({ value, onChange }) => (
            <TextInput
              type="search"
              label="Text"
              placeholder="Part of the payload"
              leftSection={<IconSearch size={16} aria-hidden />}
              rightSection={
                value && <CloseButton size="sm" aria-label="Clear the text" onClick={() => onChange('')} />
              }
              maxLength={200}
              value={value}
              onChange={(event) => onChange(event.currentTarget.value)}
              w={{ base: '100%', xs: 280 }}
            />
          )}
        />
        <Typed
          value={get('event') ?? ''}
          onTyped={(event) => set({ event }, { replace: true })}
          field={({ value, onChange }) => (
            <Autocomplete
              label="Event"
              placeholder="Any event"
              data={[...EVENT_NAMES]}
              value={value}
              onChange={onChange}
              clearable
              clearButtonProps={{ 'aria-label': 'Any event' }}
              w={{ base: '100%', xs: 230 }}
            />
          )}
        />
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          onClick={toggle}
          aria-expanded={opened}
        >
          More filters
        </Button>
        {(isAny || get('event') || q !== '') && (
          <Button
            variant="subtle"
            onClick={() => {
              setQ('');
              set(cleared);
            }}
          >
            Clear filters
          </Button>
        )}
      </Group>
      <Collapse expanded={opened}>
        <Group gap="sm" align="flex-end">
          {FIELDS.map(({ name, label, placeholder }) => (
            <Typed
              key={name}
              value={get(name) ?? ''}
              onTyped={(text) => set({ [name]: text }, { replace: true })}
              field={({ value, onChange }) => (
                <TextInput
                  label={label}
                  placeholder={placeholder}
                  value={value}
                  onChange={(event) => onChange(event.currentTarget.value)}
                  w={{ base: '100%', xs: 300 }}
                />
              )}
            />
          ))}
          {TIMES.map(({ name, label }) => (
            <TextInput
              key={name}
              type="datetime-local"
              label={label}
              value={localTime(get(name))}
              onChange={(event) => set({ [name]: isoTime(event.currentTarget.value) })}
              w={{ base: '100%', xs: 220 }}
            />
          ))}
        </Group>
      </Collapse>
    </Stack>
  );
}

/** A time of the address as the field shows it, in the viewer's time zone; empty where it is none. */
function localTime(text: string | null): string {
  const time = new Date(text ?? '');
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoTime(local: string): string | null {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
