/** Fields that a request says what it wants in, best first: the vendor documents none of them. */
const SAYS_IT = ['title', 'description', 'text', 'message', 'content', 'name'];

/** A submitted request in a line: its fields are not documented, so the best of those that are there. */
export function requestText(request: unknown): string {
  if (typeof request === 'string') return request;
  if (typeof request !== 'object' || request === null) return 'Without content';
  const fields = request as Readonly<Record<string, unknown>>;
  for (const name of SAYS_IT) {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  const other = Object.entries(fields).find(([name, value]) => name !== 'uid' && typeof value === 'string');
  return other ? String(other[1]) : 'Without text';
}
