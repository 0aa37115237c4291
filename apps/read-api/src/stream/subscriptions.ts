import { matches, type Change } from './change';
import type { StreamClient } from './stream-client';

/** The clients that follow live, found by the uid that they ask for: most are about one jimer or experience. */
export class Subscriptions {
  private readonly byJimer = new Map<string, Set<StreamClient>>();
  private readonly byExperience = new Map<string, Set<StreamClient>>();
  private readonly others = new Set<StreamClient>();
  readonly all = new Set<StreamClient>();

  add(client: StreamClient): void {
    this.all.add(client);
    const { jimerUid, experienceUid } = client.filter;
    if (jimerUid !== null) enter(this.byJimer, jimerUid, client);
    else if (experienceUid !== null) enter(this.byExperience, experienceUid, client);
    else this.others.add(client);
  }

  remove(client: StreamClient): void {
    this.all.delete(client);
    const { jimerUid, experienceUid } = client.filter;
    if (jimerUid !== null) leave(this.byJimer, jimerUid, client);
    else if (experienceUid !== null) leave(this.byExperience, experienceUid, client);
    else this.others.delete(client);
  }

  *of(change: Change): Generator<StreamClient> {
    const candidates = [
      change.jimerUid === null ? undefined : this.byJimer.get(change.jimerUid),
      change.experienceUid === null ? undefined : this.byExperience.get(change.experienceUid),
      this.others,
    ];
    for (const clients of candidates)
      for (const client of clients ?? []) if (matches(client.filter, change)) yield client;
  }
}

type Index = Map<string, Set<StreamClient>>;

function enter(index: Index, uid: string, client: StreamClient): void {
  const clients = index.get(uid);
  if (clients) clients.add(client);
  else index.set(uid, new Set([client]));
}

function leave(index: Index, uid: string, client: StreamClient): void {
  const clients = index.get(uid);
  clients?.delete(client);
  if (clients?.size === 0) index.delete(uid);
}
