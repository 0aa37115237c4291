import { Random } from '../random';
import { type Delivery, WORKSPACES, type Workspace } from './deliveries';

/** An end user of one workspace: others may have the same uid. */
export interface Person {
  readonly workspace: Workspace;
  readonly jimerUid: string;
}

/** Jimers whose deliveries are remembered, and as many of each: the newest. */
const REMEMBERED = 300;
const OF_EACH = 12;
/** Who has sent less is nobody to miss. */
const ENOUGH = 4;
const LATE_RATE = 0.02;

/** Deliveries as they come, and of those who were erased some once more: Jimo retries for days. */
export class Departures implements Iterator<Delivery, never, undefined> {
  private readonly remembered = new Map<string, Delivery[]>();
  private readonly late: Delivery[] = [];
  private readonly random: Random;

  constructor(
    private readonly deliveries: Iterator<Delivery, never, undefined>,
    seed: number,
  ) {
    this.random = new Random(seed, 7);
  }

  next(): IteratorResult<Delivery, never> {
    if (this.late.length > 0 && this.random.chance(LATE_RATE))
      return { done: false, value: this.random.pick(this.late) };
    const next = this.deliveries.next();
    if (next.value.jimerUid !== null) this.remember(next.value.jimerUid, next.value);
    return next;
  }

  /**
   * Who is to be erased: somebody in every workspace, and somebody in one, while the other keeps what it has of the
   * same uid.
   *
   * @returns nobody as long as not enough was sent
   */
  leave(): readonly Person[] {
    const known = [...this.remembered].filter(([, deliveries]) => deliveries.length >= ENOUGH);
    const [one, other] = this.random.shuffled(known);
    if (one === undefined || other === undefined) return [];
    return [
      ...WORKSPACES.map((workspace) => ({ workspace, jimerUid: this.gone(one) })),
      { workspace: this.random.pick(WORKSPACES), jimerUid: this.gone(other) },
    ];
  }

  private gone([jimerUid, deliveries]: readonly [string, readonly Delivery[]]): string {
    if (this.remembered.delete(jimerUid)) this.late.push(...deliveries);
    return jimerUid;
  }

  private remember(uid: string, delivery: Delivery): void {
    const known = this.remembered.get(uid) ?? [];
    this.remembered.delete(uid);
    this.remembered.set(uid, [...known.slice(1 - OF_EACH), delivery]);
    if (this.remembered.size > REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
  }
}
