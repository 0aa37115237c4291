import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { lazy } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { queryClient } from './api/query-client';
import { ROOT } from './api/root';
import { Shell } from './layout/shell';
import { ExperiencePage } from './pages/experiences/experience-page';
import { ExperiencesPage } from './pages/experiences/experiences-page';
import { FeedbackPage } from './pages/feedback/feedback-page';
import { JimerPage } from './pages/jimers/jimer-page';
import { JimersPage } from './pages/jimers/jimers-page';
import { OverviewPage } from './pages/overview/overview-page';
import { SessionProvider, SignedIn } from './session/session';
import { NotFound } from './shared/states';
import { cssVariables, theme } from './theme';

const evidencePages = () => import('./pages/evidence/pages');
const AnswerWhy = lazy(async () => ({ default: (await evidencePages()).AnswerWhy }));
const ExperienceWhy = lazy(async () => ({ default: (await evidencePages()).ExperienceWhy }));
const FeedbackWhy = lazy(async () => ({ default: (await evidencePages()).FeedbackWhy }));
const FigurePage = lazy(async () => ({ default: (await evidencePages()).FigurePage }));
const JimerWhy = lazy(async () => ({ default: (await evidencePages()).JimerWhy }));
const JourneyWhy = lazy(async () => ({ default: (await evidencePages()).JourneyWhy }));
const LogPage = lazy(async () => ({ default: (await evidencePages()).LogPage }));
const PipelinePage = lazy(async () => ({
  default: (await import('./pages/pipeline/pipeline-page')).PipelinePage,
}));
const TaskWhy = lazy(async () => ({ default: (await evidencePages()).TaskWhy }));

/** Mantine writes `<style>` elements, which the Content-Security-Policy allows only with this page's nonce. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// The same for react-remove-scroll, which a dialog uses to keep the page behind it from scrolling.
setNonce(nonce);

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <SignedIn>
            <BrowserRouter basename={ROOT.pathname}>
              <Routes>
                <Route element={<Shell />}>
                  <Route index element={<OverviewPage />} />
                  <Route path="experiences" element={<ExperiencesPage />} />
                  <Route path="experiences/:uid" element={<ExperiencePage />} />
                  <Route path="experiences/:uid/why" element={<ExperienceWhy />} />
                  <Route path="experiences/:uid/figure" element={<FigurePage />} />
                  <Route path="jimers" element={<JimersPage />} />
                  <Route path="jimers/:uid" element={<JimerPage />} />
                  <Route path="jimers/:uid/why" element={<JimerWhy />} />
                  <Route path="jimers/:uid/experiences/:experienceUid/why" element={<JourneyWhy />} />
                  <Route
                    path="jimers/:uid/experiences/:experienceUid/tasks/:taskUid/why"
                    element={<TaskWhy />}
                  />
                  <Route
                    path="jimers/:uid/experiences/:experienceUid/answers/:stepUid/why"
                    element={<AnswerWhy />}
                  />
                  <Route path="feedback/:uid/why" element={<FeedbackWhy />} />
                  {/* One route for board and item: an item opens as a panel over its board. */}
                  <Route path="feedback/:uid?" element={<FeedbackPage />} />
                  <Route path="log" element={<LogPage />} />
                  <Route path="pipeline/*" element={<PipelinePage />} />
                  <Route path="*" element={<NotFound />} />
                </Route>
              </Routes>
            </BrowserRouter>
          </SignedIn>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
