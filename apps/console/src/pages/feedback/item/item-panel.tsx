import { ReadApiProblem } from '@app/client';
import { Alert, Anchor, Button, Divider, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../../session/session';
import { FeedbackStatusBadge } from '../../../shared/feedback-status';
import { feedbackEvidenceLink } from '../../../shared/evidence-links';
import { jimerLink } from '../../../shared/links';
import { Loaded, Missing } from '../../../shared/states';
import { Moment } from '../../../shared/time';
import { Why } from '../../../shared/why';
import { FieldValue } from './field-value';
import type { FilterChoices } from '../filter-bar';
import { Changes, History } from './history';
import { TriageForm } from './item-form';
import { ItemLink, type LinkOf } from './item-link';
import { useItem } from '../queries';
import { RequestView } from './request-view';
import { requesterOf, textIn, titleOf } from '../../../shared/request-text';
import { FIELD_LABELS, FIELDS, projectNameOf, whoMade, type FeedbackItem } from '../triage';
import { useItemForm, type ItemForm } from './use-item-form';

interface PanelProps {
  readonly uid: string;
  readonly workspace: string | null;
  readonly choices: FilterChoices;
  readonly linkOf: LinkOf;
  readonly close: () => void;
  /** Called with each item that a response returned. */
  readonly stored: (item: FeedbackItem) => void;
}

/** An item in a panel over the board. */
export function ItemPanel(props: PanelProps) {
  const item = useItem(props);
  useFocusGoesBack();
  return (
    <Drawer.Root opened onClose={props.close} position="right" size={640}>
      <Drawer.Overlay />
      <Drawer.Content>
        <Group justify="space-between" align="flex-start" wrap="nowrap" p="md" pb={0}>
          <Drawer.Title fz="lg" fw={650} style={{ overflowWrap: 'anywhere' }}>
            {item.data ? titleOf(item.data) : 'Request'}
          </Drawer.Title>
          <Drawer.CloseButton aria-label="Close the request" />
        </Group>
        <Drawer.Body pt="xs">
          {isMissing(item.error) && !item.data ? (
            <Missing title="No request has this uid" to="/feedback" label="See all feedback">
              It may be in a workspace that your token does not see, or its requester may have been erased.
            </Missing>
          ) : (
            <Loaded what="this request" data={item.data} error={item.error} retry={() => void item.refetch()}>
              {(data) => <Item item={data} {...props} />}
            </Loaded>
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

const isMissing = (error: unknown): boolean =>
  error instanceof ReadApiProblem && (error.kind === 'not-found' || error.kind === 'invalid');

/** Closing the panel returns the focus to its opener, or to the heading if that is gone. */
function useFocusGoesBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const back = opener?.isConnected && opener !== document.body ? opener : document.querySelector('h1');
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    },
    [opener],
  );
}

function Item({ item, choices, linkOf, stored }: PanelProps & { item: FeedbackItem }) {
  const { can } = useSession();
  const form = useItemForm(item, stored);
  return (
    <Stack>
      <Facts item={item} />
      <ByOthers form={form} linkOf={linkOf} />
      <Section title="The request">
        <RequestView item={item} />
      </Section>
      <Divider />
      <Section title="Triage">
        {can('triage') ? (
          <TriageForm form={form} choices={choices} linkOf={linkOf} />
        ) : (
          <ReadOnly item={item} linkOf={linkOf} />
        )}
      </Section>
      {item.mergedFrom.length > 0 && (
        <Section title={`Merged into this one (${item.mergedFrom.length})`}>
          <ul className="bullets">
            {item.mergedFrom.map((other) => (
              <li key={other}>
                <ItemLink uid={other} workspace={item.workspace} linkOf={linkOf} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Divider />
      <Section title="History">
        <History item={item} linkOf={linkOf} />
      </Section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Facts({ item }: { item: FeedbackItem }) {
  const { access } = useSession();
  const uid = textIn(item.jimer, 'uid');
  const jimer = requesterOf(item);
  const project = projectNameOf(item);
  const workspace = access.workspace === null ? item.workspace : null;
  return (
    <Group gap="md" c="dimmed" fz="sm" className="breaks-words">
      <FeedbackStatusBadge status={item.status} />
      {project !== null && <span>{/^project\b/i.test(project) ? project : `Project ${project}`}</span>}
      {jimer !== null && (
        <span>
          From{' '}
          {uid === null ? (
            jimer
          ) : (
            <Anchor component={Link} to={jimerLink({ uid, workspace })} inherit>
              {jimer}
            </Anchor>
          )}
        </span>
      )}
      <span>
        Submitted <Moment at={item.createdAt} />
      </span>
      {workspace !== null && <span>Workspace {workspace}</span>}
      <Why of="this request" to={feedbackEvidenceLink({ uid: item.uid, workspace })} />
    </Group>
  );
}

/** A notice that others changed the item while it is open. */
function ByOthers({ form, linkOf }: { form: ItemForm; linkOf: LinkOf }) {
  const { byOthers, unsent, item } = form;
  const names = [...new Set(byOthers.map(whoMade))].join(', ');
  const last = byOthers.at(-1);
  return (
    <div role="status">
      {last && (
        <Alert
          color="blue"
          icon={<IconUsers />}
          title={
            <>
              Changed by {names} <Moment at={last.time} relative />
            </>
          }
        >
          {unsent.length > 0 && <Text size="sm">Your unsaved changes were not affected.</Text>}
          {byOthers.map((change) => (
            <Changes key={change.version} change={change} workspace={item.workspace} linkOf={linkOf} />
          ))}
          <Button mt="xs" size="compact-sm" variant="default" onClick={form.acknowledge}>
            Dismiss
          </Button>
        </Alert>
      )}
    </div>
  );
}

function ReadOnly({ item, linkOf }: { item: FeedbackItem; linkOf: LinkOf }) {
  return (
    <dl className="members">
      {FIELDS.map((field) => (
        <div key={field}>
          <Text component="dt" size="xs" c="dimmed">
            {FIELD_LABELS[field]}
          </Text>
          <Text component="dd" size="sm" m={0}>
            <FieldValue field={field} value={item[field]} workspace={item.workspace} linkOf={linkOf} />
          </Text>
        </div>
      ))}
    </dl>
  );
}
