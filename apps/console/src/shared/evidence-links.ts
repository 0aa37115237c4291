import { within, type Located } from './links';

/** Links to the evidence: the events behind a row, and the rows behind a figure. */

export const jimerEvidenceLink = ({ uid, workspace }: Located): string =>
  within(`/jimers/${encodeURIComponent(uid)}/why`, workspace);
export const journeyEvidenceLink = (
  { uid, workspace }: Located,
  experienceUid: string,
  event: string | null = null,
): string =>
  within(
    `/jimers/${encodeURIComponent(uid)}/experiences/${encodeURIComponent(experienceUid)}/why`,
    workspace,
    { event },
  );
export const taskEvidenceLink = (
  { uid, workspace }: Located,
  experienceUid: string,
  taskUid: string,
): string =>
  within(
    `/jimers/${encodeURIComponent(uid)}/experiences/${encodeURIComponent(experienceUid)}/tasks/${encodeURIComponent(taskUid)}/why`,
    workspace,
  );
export const answerEvidenceLink = (
  { uid, workspace }: Located,
  experienceUid: string,
  stepUid: string,
): string =>
  within(
    `/jimers/${encodeURIComponent(uid)}/experiences/${encodeURIComponent(experienceUid)}/answers/${encodeURIComponent(stepUid)}/why`,
    workspace,
  );
export const experienceEvidenceLink = ({ uid, workspace }: Located): string =>
  within(`/experiences/${encodeURIComponent(uid)}/why`, workspace);
export const feedbackEvidenceLink = ({ uid, workspace }: Located): string =>
  within(`/feedback/${encodeURIComponent(uid)}/why`, workspace);
/** What is behind a figure of an experience: of one day, or day by day. */
export const figureLink = ({ uid, workspace }: Located, measure: string, day: string | null = null): string =>
  within(`/experiences/${encodeURIComponent(uid)}/figure`, workspace, { measure, day });
