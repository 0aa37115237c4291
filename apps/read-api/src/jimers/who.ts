import type { JimerDto } from './jimers.dto';

/** What the directory tells of a jimer in a list. It is another projection, which may be a moment behind: null then. */
export function whoIs(
  jimers: ReadonlyMap<string, JimerDto>,
  uid: string,
): Pick<JimerDto, 'identifyToken' | 'username' | 'email'> {
  const { identifyToken = null, username = null, email = null } = jimers.get(uid) ?? {};
  return { identifyToken, username, email };
}
