import { Backlog } from './backlog';
import { Erasures } from './erasures';
import { type Event, eventOf, observedIn } from './event';
import { Experiences } from './experiences';
import { Journeys } from './journeys';
import { People } from './people';
import { type LogRecord, positionOf } from './read-log';
import type { Expected } from './rows';
import { SetAsideEvents } from './set-aside';
import { StandingLog, type StandingRecord } from './standing-log';
import { Surveys } from './surveys';

/**
 * What the views must hold, said once more and as plainly as possible: from the contract and the design, event
 * by event, in memory, with none of the engine's code. Slow and large where the engine is not; whoever is wrong,
 * they are hardly wrong in the same way.
 *
 * Of who is erased it takes the log at its word: what has a tombstone was never there, for any table. So an
 * experience shows what an erased jimer's events told only if something that stands in the log tells it too.
 */
export class Oracle {
  private readonly log = new StandingLog();
  private folded: Fold | undefined;

  /** Any number of times; those of a partition in their order. */
  add(record: LogRecord): void {
    this.log.add(record);
    this.folded = undefined;
  }

  /** @param now the database's clock, epoch milliseconds */
  views(now: number): Readonly<Record<string, Expected>> {
    return this.fold.views(now);
  }

  hasErased(workspace: string, jimerUid: string): boolean {
    return this.fold.erasures.has(workspace, jimerUid);
  }

  /** Events that stand for others which are gone. */
  get observations(): number {
    return this.fold.observations;
  }

  /** Positions of records that are gone. */
  removed(): ReadonlySet<string> {
    return new Set(this.log.removed.map(positionOf));
  }

  /** What stands of somebody who is erased, and what is gone of somebody who is not. */
  wronglyLeft(): string[] {
    const { erasures } = this.fold;
    const tell = (record: StandingRecord, what: string) => `${positionOf(record)} ${what}: ${record.value}`;
    return [
      ...[...this.log]
        .filter((record) => erasures.take(eventOf(record)))
        .map((record) => tell(record, 'stands, of somebody who is erased')),
      ...this.log.removed
        .filter((record) => !erasures.take(eventOf(record)))
        .map((record) => tell(record, 'is gone, of nobody who is erased')),
    ].map((text) => text.slice(0, 400));
  }

  private get fold(): Fold {
    return (this.folded ??= new Fold(this.log));
  }
}

class Fold {
  readonly erasures = new Erasures();
  observations = 0;
  private readonly journeys = new Journeys();
  private readonly surveys = new Surveys();
  private readonly experiences = new Experiences();
  private readonly people = new People();
  private readonly backlog = new Backlog();
  private readonly setAside = new SetAsideEvents();

  constructor(log: StandingLog) {
    for (const record of log) this.add(eventOf(record));
  }

  private add(event: Event): void {
    if (event.own) return this.addOwn(event);
    if (event.topic === 'jimo.quarantine' || event.topic === 'jimo.unrecognized')
      return this.setAside.add(event);
    this.journeys.add(event);
    this.surveys.add(event);
    this.experiences.add(event);
    this.people.add(event);
    this.backlog.add(event);
  }

  private addOwn(event: Event): void {
    switch (event.name) {
      case 'backlog.item.triaged':
        return this.backlog.triaged(event);
      case 'jimer.erased':
        return this.erasures.add(event);
      case 'experience.observed':
        this.observations++;
        this.experiences.observed(observedIn(event));
        this.journeys.observed(observedIn(event));
        return this.surveys.observed(observedIn(event));
      default:
      // Nobody replays or discards in the time of a run.
    }
  }

  views(now: number): Readonly<Record<string, Expected>> {
    return {
      ...this.journeys.views(),
      ...this.surveys.views(),
      ...this.experiences.views(now),
      ...this.people.views(),
      ...this.backlog.views(),
      ...this.setAside.views(),
      ...this.erasures.views(),
    };
  }
}
