/** How a jimer is called: by name, else by what identifies them, else by a part of their uid. */
export const whoIs = ({
  uid,
  username,
  email,
  identifyToken,
}: {
  readonly uid: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly identifyToken: string | null;
}): string => username || email || identifyToken || `Anonymous …${uid.slice(-8)}`;
