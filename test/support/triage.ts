import type { Answer } from './http';

/** A change of a backlog item that was answered with 200. */
export interface AnsweredChange {
  readonly workspace: string;
  readonly uid: string;
  readonly version: number;
  /** Of this change alone: how it is told from others. */
  readonly actor: string;
  readonly position: string;
}

/** What the history of an item says of one change. */
export interface HistoryEntry {
  readonly version: number;
  readonly actor: string | null;
}

export interface TriagedItem {
  readonly version: number;
  readonly history: readonly HistoryEntry[];
}

export const pathOf = ({ uid, workspace }: Pick<AnsweredChange, 'uid' | 'workspace'>): string =>
  `/v1/feedback/${encodeURIComponent(uid)}?workspace=${encodeURIComponent(workspace)}`;

/** The version that an answer's ETag tells. */
export function versionIn({ headers }: Answer): number {
  const tag = headers.get('etag') ?? '';
  const version = /^"(\d+)"$/.exec(tag)?.[1];
  if (version === undefined) throw new Error(`no version: ${tag}`);
  return Number(version);
}

/**
 * Whether every change that was answered stands in its item's history, once and under the version that was
 * answered, and the history has every version once.
 *
 * @param items by path, each with all of its history
 * @returns what is wrong, in words
 */
export function brokenChanges(
  answered: readonly AnsweredChange[],
  items: ReadonlyMap<string, TriagedItem>,
): string[] {
  const broken: string[] = [];
  for (const [path, changes] of Map.groupBy(answered, pathOf)) {
    const item = items.get(path);
    if (item === undefined) {
      broken.push(`${path}: no such item`);
      continue;
    }
    const versions = item.history.map(({ version }) => version);
    // 1 is as submitted, and nobody's change.
    if (versions.some((version, i) => version !== i + 2) || item.version !== versions.length + 1)
      broken.push(`${path}: is of version ${item.version}, with the versions ${versions.join(', ')}`);
    for (const { version, actor } of changes) {
      const told = item.history.filter((entry) => entry.actor === actor);
      if (told.length !== 1 || told[0]!.version !== version)
        broken.push(`${path}: version ${version} of ${actor} is told as ${JSON.stringify(told)}`);
    }
    for (const [version, some] of Map.groupBy(changes, (change) => change.version))
      if (some.length > 1)
        broken.push(
          `${path}: version ${version} was answered to ${some.map(({ actor }) => actor).join(' and ')}`,
        );
  }
  return broken;
}
