import { tooManyRequests, unavailable } from '@app/platform';
import { Turns, type TurnLimits } from '../common/shares/turns';

const RETRY_SECONDS = 5;
/** How long a search waits for others to end. */
const PATIENCE_MS = 20_000;
export const GIVEN_UP = 'The search was given up.';

/** Lets so many searches of the log run at once in a process, whatever they are for; others wait for their turn. */
export class LogTurns {
  private readonly turns: Turns;

  constructor(limits: TurnLimits) {
    this.turns = new Turns(limits);
  }

  /**
   * @param signal ends the wait for a turn: nobody wants the search any more
   * @throws {Problem} 429 and 503 when too many search at once, and what the search throws
   */
  async during<T>(tokenKey: string, signal: AbortSignal, search: () => Promise<T>): Promise<T> {
    const turn = await this.turns.take(tokenKey, PATIENCE_MS, signal);
    if ('why' in turn) {
      if (turn.why === 'given-up') throw unavailable(GIVEN_UP, RETRY_SECONDS);
      if (turn.why === 'too-late' && turn.held === 0)
        throw unavailable('The log is searched by others at the moment.', RETRY_SECONDS);
      throw tooManyRequests(RETRY_SECONDS, 'Too many searches of the log with this token at once.');
    }
    try {
      return await search();
    } finally {
      turn.giveBack();
    }
  }
}
