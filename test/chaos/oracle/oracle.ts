import { Backlog } from './backlog';
import { type Event, eventOf } from './event';
import { Experiences } from './experiences';
import { Journeys } from './journeys';
import { People } from './people';
import type { LogRecord } from './read-log';
import { type Expected, Keyed } from './rows';
import { SetAsideEvents } from './set-aside';
import { Surveys } from './surveys';

/** Nobody is erased in the time of a run. */
const ERASED_VIEWS = ['feedback', 'jimers', 'journeys', 'set_aside', 'surveys'].map(
  (name) => `${name}_erased`,
);
const NOBODY_ERASED = new Keyed<null>().view(['workspace', 'jimerUid'], null, () => ({ erasedAt: null }));

/**
 * What the views must hold, said once more and as plainly as possible: from the contract and the design, event
 * by event, in memory, with none of the engine's code. Slow and large where the engine is not; whoever is wrong,
 * they are hardly wrong in the same way.
 */
export class Oracle {
  private readonly journeys = new Journeys();
  private readonly surveys = new Surveys();
  private readonly experiences = new Experiences();
  private readonly people = new People();
  private readonly backlog = new Backlog();
  private readonly setAside = new SetAsideEvents();

  /** In any order, any number of times. */
  add(record: LogRecord): void {
    const event: Event = eventOf(record);
    if (event.topic === 'jimo.quarantine' || event.topic === 'jimo.unrecognized')
      return this.setAside.add(event);
    if (event.own) return event.name === 'backlog.item.triaged' ? this.backlog.triaged(event) : undefined;
    this.journeys.add(event);
    this.surveys.add(event);
    this.experiences.add(event);
    this.people.add(event);
    this.backlog.add(event);
  }

  /** @param now the database's clock, epoch milliseconds */
  views(now: number): Readonly<Record<string, Expected>> {
    return {
      ...this.journeys.views(),
      ...this.surveys.views(),
      ...this.experiences.views(now),
      ...this.people.views(),
      ...this.backlog.views(),
      ...this.setAside.views(),
      ...Object.fromEntries(ERASED_VIEWS.map((name) => [name, NOBODY_ERASED])),
    };
  }
}
