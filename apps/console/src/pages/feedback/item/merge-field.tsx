import { answered } from '@app/client';
import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../../session/session';
import { useItem } from '../queries';
import { descriptionOf, requesterOf, titleOf } from '../../../shared/request-text';
import { Moment } from '../../../shared/time';
import { type Feedback, type FeedbackItem } from '../triage';

const FOUND = 20;

/** Chooses the item that this one duplicates, among the unmerged items of its workspace. */
export function MergeField({
  item,
  value,
  choose,
  error,
}: {
  item: FeedbackItem;
  value: string | null;
  choose: (uid: string | null) => void;
  error: string | null;
}) {
  const { api } = useSession();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 300);
  const target = useItem({ uid: value ?? item.uid, workspace: item.workspace });
  const chosen = value !== null && target.data ? titleOf(target.data) : value;
  const found = useQuery({
    queryKey: ['feedback', 'mergeable', item.workspace, q === chosen ? '' : q],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/feedback', {
          params: {
            query: {
              workspace: item.workspace,
              merged: false,
              limit: FOUND,
              ...(q !== '' && q !== chosen && { q }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
  // The API may list a uid twice, when two people submitted it; a Select with equal values throws.
  const options = [...new Map((found.data?.items ?? []).map((other) => [other.uid, other])).values()]
    .filter(({ uid }) => uid !== item.uid && uid !== value)
    .map((other) => ({ value: other.uid, label: titleOf(other) }));
  const details = new Map((found.data?.items ?? []).map((other) => [other.uid, other]));
  return (
    <Select
      label="Merged into"
      description="The request that this one duplicates. A merged request leaves its column."
      placeholder="Search by words in the request"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Undo the merge' }}
      data={[...(value !== null ? [{ value, label: chosen ?? value }] : []), ...options]}
      filter={({ options: all }) => all}
      renderOption={({ option }) => <Option label={option.label} item={details.get(option.value)} />}
      value={value}
      onChange={choose}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={found.isPending ? 'Searching…' : 'No matching requests.'}
      error={error}
    />
  );
}

/** An option with what distinguishes requests of the same title: text, requester, and time. */
function Option({ label, item }: { label: string; item: Feedback | undefined }) {
  if (!item) return label;
  const description = descriptionOf(item);
  const requester = requesterOf(item);
  return (
    <div className="breaks-words">
      <Text size="sm">{label}</Text>
      {description !== null && (
        <Text size="xs" lineClamp={2}>
          {description}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {requester !== null && <>{requester} · </>}
        <Moment at={item.createdAt} relative />
      </Text>
    </div>
  );
}
