import { Alert, Anchor, Group, VisuallyHidden } from '@mantine/core';
import { IconEye, IconPencil } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link, useNavigate, useParams, useSearchParams, type To } from 'react-router';
import { Page } from '../../layout/page';
import { useSession } from '../../session/session';
import { FEEDBACK_STATUSES } from '../../shared/feedback-status';
import { ExportFile } from '../../shared/export-file';
import { LiveBadge } from '../../shared/live-badge';
import { Empty } from '../../shared/states';
import { Board } from './board/board';
import { useDrafts } from './item/draft-store';
import { FilterBar } from './filter-bar';
import { asQuery, isFiltered, useFilters } from './filters';
import { ItemPanel } from './item/item-panel';
import { useBoard } from './board/use-board';

/** The workspace of the open item, where the board has several. */
const ITEM_WORKSPACE = 'itemWorkspace';

export function FeedbackPage() {
  const { uid } = useParams();
  const { access, can } = useSession();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { filters, setFilter, clear } = useFilters();
  const board = useBoard(filters);
  const { items, moves } = board;
  const everything = board.everything.data;
  const drafts = useDrafts();
  const severalWorkspaces = access.workspace === null && filters.workspace === null;

  const linkOf = (item: { readonly uid: string; readonly workspace: string }): To => {
    const search = new URLSearchParams(params);
    if (severalWorkspaces) search.set(ITEM_WORKSPACE, item.workspace);
    return { pathname: `/feedback/${encodeURIComponent(item.uid)}`, search: search.toString() };
  };
  const close = (): void => {
    const search = new URLSearchParams(params);
    search.delete(ITEM_WORKSPACE);
    void navigate({ pathname: '/feedback', search: search.toString() });
  };

  const loaded = useMemo(() => FEEDBACK_STATUSES.flatMap((status) => items[status]), [items]);
  const choices = useMemo(() => {
    const projects = everything?.projects ?? [];
    const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
    return {
      workspaces: access.workspace === null ? unique(projects.map(({ workspace }) => workspace)) : [],
      projects: [...new Map(projects.map((project) => [project.uid, project])).values()],
      tags: everything?.tags.map(({ tag }) => tag) ?? [],
      assignees: unique(loaded.flatMap(({ assignee }) => (assignee === null ? [] : [assignee]))),
    };
  }, [everything, loaded, access.workspace]);

  const nothingYet = everything?.items === 0 && everything.merged === 0 && !isFiltered(filters);
  const elsewhere = [...drafts.values()].filter((draft) => draft.uid !== uid);
  return (
    <Page
      title="Feedback"
      lead="Feedback requests by status. Open one to read and triage it."
      aside={
        <Group gap="xs">
          <LiveBadge liveness={board.liveness} />
          <ExportFile
            path="v1/feedback"
            query={Object.fromEntries(
              Object.entries(asQuery(filters)).map(([name, value]) => [name, String(value)]),
            )}
            file="feedback"
          />
        </Group>
      }
    >
      <FilterBar filters={filters} setFilter={setFilter} clear={clear} choices={choices} />
      {!can('triage') && (
        <Alert color="gray" icon={<IconEye />} p="xs">
          Read-only: changes need a token of scope triage.
        </Alert>
      )}
      {elsewhere.length > 0 && (
        <Alert color="yellow" icon={<IconPencil />} p="xs" title="You have unsaved changes">
          <Group gap="sm">
            {elsewhere.map((draft) => (
              <Anchor
                key={`${draft.workspace} ${draft.uid}`}
                component={Link}
                to={linkOf(draft)}
                size="sm"
                c="bright"
                td="underline"
              >
                {draft.title}
              </Anchor>
            ))}
          </Group>
        </Alert>
      )}
      {nothingYet ? (
        <Empty title="No feedback yet">
          A request appears here as soon as Jimo sends a <code>request.created</code> event to the gateway. To
          see the board with generated requests, run <code>npm run demo</code>.
        </Empty>
      ) : (
        <Board
          columns={board.columns}
          items={items}
          counts={board.counts}
          known={board.known}
          drafts={drafts}
          showWorkspace={severalWorkspaces && choices.workspaces.length > 1}
          filtered={isFiltered(filters)}
          searched={filters.q}
          linkOf={linkOf}
          move={can('triage') ? (item, to) => moves.move(item, to) : null}
        />
      )}
      <VisuallyHidden role="status">{board.announced}</VisuallyHidden>
      {uid !== undefined && (
        <ItemPanel
          key={uid}
          uid={uid}
          workspace={params.get(ITEM_WORKSPACE) ?? filters.workspace}
          close={close}
          linkOf={linkOf}
          choices={choices}
          stored={(item) => {
            moves.learn(item);
            board.refresh();
          }}
        />
      )}
    </Page>
  );
}
