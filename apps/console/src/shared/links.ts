/** Links within the console. They carry the workspace, because a uid may exist in several. */

function within(
  path: string,
  workspace: string | null | undefined,
  more: Readonly<Record<string, string | null>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ workspace, ...more })) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

interface Located {
  readonly uid: string;
  readonly workspace?: string | null;
}

export const experienceLink = ({ uid, workspace }: Located): string =>
  within(`/experiences/${encodeURIComponent(uid)}`, workspace);
export const jimerLink = ({ uid, workspace }: Located): string =>
  within(`/jimers/${encodeURIComponent(uid)}`, workspace);
export const feedbackLink = ({ uid, workspace }: Located): string =>
  within(`/feedback/${encodeURIComponent(uid)}`, workspace);

/** Links to the evidence: the events behind a row. */
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
