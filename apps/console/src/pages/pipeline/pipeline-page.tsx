import { Tabs } from '@mantine/core';
import { Route, Routes, useLocation, useNavigate } from 'react-router';
import { Page } from '../../layout/page';
import { useSession } from '../../session/session';
import { Missing } from '../../shared/states';
import { DeadLetters } from './dead-letters';
import { PipelineStanding } from './pipeline-standing';
import { SetAsideEvents } from './set-aside-events';

const TABS = [
  { path: '/pipeline', label: 'Projections and topics' },
  { path: '/pipeline/dead-letters', label: 'Dead letters' },
  { path: '/pipeline/quarantine', label: 'Quarantine' },
  { path: '/pipeline/unrecognized', label: 'Unrecognized' },
] as const;

/** On a phone not all tabs are: a link may lead to one that is not. */
const intoSight = (tab: HTMLButtonElement | null): void =>
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

export function PipelinePage() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const { can } = useSession();
  const here = TABS.findLast(({ path }) => pathname.startsWith(path))?.path ?? '/pipeline';
  return (
    <Page
      title="Pipeline"
      lead="How events get from Jimo’s webhooks through Kafka’s topics into what the other pages show, and what did not."
    >
      {/* What was set aside holds whole payloads: only admins are shown them, by the API as well. */}
      {can('admin') && (
        <Tabs value={here} onChange={(path) => void navigate(path ?? '/pipeline')} keepMounted={false}>
          <Tabs.List aria-label="Parts of the pipeline" className="sideways">
            {TABS.map(({ path, label }) => (
              <Tabs.Tab key={path} value={path} {...(path === here && { ref: intoSight })}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {TABS.map(({ path }) => (
            <Tabs.Panel key={path} value={path} pt="md">
              <Routes>
                <Route index element={<PipelineStanding />} />
                <Route path="dead-letters" element={<DeadLetters />} />
                <Route path="quarantine" element={<SetAsideEvents kind="quarantine" key="quarantine" />} />
                <Route
                  path="unrecognized"
                  element={<SetAsideEvents kind="unrecognized" key="unrecognized" />}
                />
              </Routes>
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
      {!can('admin') &&
        (here === '/pipeline' ? (
          <PipelineStanding />
        ) : (
          <Missing title="This page needs the scope admin" to="/pipeline" label="Open the pipeline">
            It shows whole payloads. Sign in with a token of that scope to see it.
          </Missing>
        ))}
    </Page>
  );
}
