import { Tabs } from '@mantine/core';
import { Route, Routes, useLocation, useNavigate } from 'react-router';
import { Page } from '../../layout/page';
import { useSession } from '../../session/session';
import { Missing } from '../../shared/states';
import { DeadLetters } from './dead-letters';
import { DiffPage } from './diff/diff-page';
import { PipelineOverview } from './pipeline-overview';
import { RejectedEvents } from './rejected-events';

const TABS = [
  { path: '/pipeline', label: 'Projections and topics' },
  { path: '/pipeline/dead-letters', label: 'Dead letters' },
  { path: '/pipeline/quarantine', label: 'Quarantine' },
  { path: '/pipeline/unrecognized', label: 'Unrecognized' },
] as const;

/** On a phone a link may open a tab that is scrolled out of view. */
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
      lead="How events flow from Jimo’s webhooks through Kafka into the read models, and the events that did not make it."
    >
      {/* Dead letters and rejected events contain whole payloads, which the API shows only to admins. */}
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
                <Route index element={<PipelineOverview />} />
                <Route path="diff" element={<DiffPage />} />
                <Route path="dead-letters" element={<DeadLetters />} />
                <Route path="quarantine" element={<RejectedEvents kind="quarantine" key="quarantine" />} />
                <Route
                  path="unrecognized"
                  element={<RejectedEvents kind="unrecognized" key="unrecognized" />}
                />
              </Routes>
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
      {!can('admin') &&
        (here === '/pipeline' ? (
          <PipelineOverview />
        ) : (
          <Missing title="This page requires scope admin" to="/pipeline" label="Open the pipeline">
            It shows complete payloads. Sign in with a token of that scope.
          </Missing>
        ))}
    </Page>
  );
}
