import { Anchor, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort } from '@tabler/icons-react';
import { Link } from 'react-router';
import { personOf, StatusBadge, titleOf, TypeLabel, type Experience } from '../../shared/experience';
import { experienceLink } from '../../shared/links';
import { Moment } from '../../shared/time';
import { useQueryState } from '../../shared/use-query-state';
import { publishedAt, sorted, type Sort } from './sorting';
import { Tags } from './tags';

export function ExperienceTable({
  items,
  sort,
  workspaces,
}: {
  items: readonly Experience[];
  sort: Sort;
  /** Whether each row names its workspace. */
  workspaces: boolean;
}) {
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table aria-label="Experiences" verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <SortedBy by="title" now={sort}>
              Title
            </SortedBy>
            <SortedBy by="type" now={sort}>
              Type
            </SortedBy>
            <SortedBy by="status" now={sort}>
              Status
            </SortedBy>
            <Table.Th>Tags</Table.Th>
            <SortedBy by="newest" now={sort}>
              Created
            </SortedBy>
            <SortedBy by="published" now={sort}>
              Published
            </SortedBy>
            <Table.Th>Last changed by</Table.Th>
            {workspaces && <Table.Th>Workspace</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted(items, sort).map((experience) => (
            <Row
              key={`${experience.workspace}/${experience.uid}`}
              experience={experience}
              workspaces={workspaces}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ experience, workspaces }: { experience: Experience; workspaces: boolean }) {
  const { type, status, tags, createdAt, lastChangedBy, workspace } = experience;
  return (
    <Table.Tr>
      <Table.Td miw={220}>
        <Anchor
          component={Link}
          to={experienceLink(workspaces ? experience : { uid: experience.uid, workspace: null })}
          fw={600}
          size="sm"
          style={{ overflowWrap: 'anywhere' }}
        >
          {titleOf(experience)}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <TypeLabel type={type} />
      </Table.Td>
      <Table.Td>
        <StatusBadge status={status} />
      </Table.Td>
      <Table.Td>
        <Tags tags={tags} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <When at={createdAt} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <When at={publishedAt(experience)} />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{personOf(lastChangedBy) ?? '–'}</Text>
      </Table.Td>
      {workspaces && (
        <Table.Td>
          <OnlyWorkspace workspace={workspace} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

const When = ({ at }: { at: string | null }) => (at ? <Moment at={at} relative /> : '–');

function OnlyWorkspace({ workspace }: { workspace: string }) {
  const { set } = useQueryState();
  return (
    <Anchor
      component="button"
      size="sm"
      onClick={() => set({ workspace })}
      title={`Show only workspace ${workspace}`}
    >
      {workspace}
    </Anchor>
  );
}

function SortedBy({ by, now, children }: { by: Sort; now: Sort; children: string }) {
  const { set } = useQueryState();
  const Arrow = by === now ? IconArrowDown : IconArrowsSort;
  const downwards = by === 'newest' || by === 'published';
  return (
    <Table.Th aria-sort={by !== now ? 'none' : downwards ? 'descending' : 'ascending'}>
      <UnstyledButton
        fz="sm"
        fw={700}
        onClick={() => set({ sort: by === 'newest' ? null : by }, { replace: true })}
      >
        <Group gap={4} wrap="nowrap">
          {children}
          <Arrow size={14} aria-hidden opacity={by === now ? 1 : 0.5} />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}
