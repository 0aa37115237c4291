/** Links within the console. They carry the workspace, because a uid may exist in several. */

const within = (path: string, workspace: string | null | undefined): string =>
  workspace ? `${path}?workspace=${encodeURIComponent(workspace)}` : path;

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
