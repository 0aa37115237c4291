import { Shares, type ShareLimits } from './shares';

/** Why nobody got a turn. */
export type NoTurn =
  /** The token uses its share, and as much as may wait of it waits already. */
  | { readonly why: 'queue-full' }
  /**
   * Time is up. `moved`: whether any turn ended meanwhile, so that what is behind the turns works; `held`: how many the
   * token has.
   */
  | { readonly why: 'too-late'; readonly moved: boolean; readonly held: number }
  /** The caller has given up. */
  | { readonly why: 'given-up' };

export type Turn = { readonly giveBack: () => void } | NoTurn;

interface Waiting {
  readonly begin: (turn: Turn) => void;
}

export interface TurnLimits extends ShareLimits {
  /** Who may wait at once, per token. */
  readonly waiting: number;
}

/**
 * Turns that are waited for. The next one goes to the token that has fewest, of these to the one whose last turn began
 * longest ago: a token that asks for thousands at once waits for itself, and no other token for it.
 */
export class Turns {
  private readonly shares: Shares;
  private readonly queues = new Map<string, Waiting[]>();
  /** By token, the number of its last turn. */
  private readonly last = new Map<string, number>();
  private begunTurns = 0;
  private ended = 0;

  constructor(private readonly limits: TurnLimits) {
    this.shares = new Shares(limits);
  }

  /** Turns that are asked for and not begun. */
  get waiting(): number {
    return [...this.queues.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * @param patience milliseconds; for as long as it takes unless given
   * @param signal ends the wait: whoever asked does not want the turn any more
   */
  take(tokenKey: string, patience = Infinity, signal?: AbortSignal): Promise<Turn> {
    if (signal?.aborted) return Promise.resolve({ why: 'given-up' });
    const queue = this.queues.get(tokenKey) ?? [];
    if (queue.length === 0 && this.shares.allows(tokenKey)) return Promise.resolve(this.begun(tokenKey));
    if (queue.length >= this.limits.waiting) return Promise.resolve({ why: 'queue-full' });
    return new Promise((resolve) => {
      const endedBefore = this.ended;
      const end = (turn: Turn): void => {
        clearTimeout(timeout);
        signal?.removeEventListener('abort', giveUp);
        resolve(turn);
      };
      const waiting: Waiting = { begin: end };
      const leave = (why: NoTurn): void => {
        this.leave(tokenKey, waiting);
        end(why);
      };
      const giveUp = (): void => leave({ why: 'given-up' });
      const tooLate = (): void =>
        leave({ why: 'too-late', moved: this.ended > endedBefore, held: this.shares.heldBy(tokenKey) });
      const timeout = patience === Infinity ? undefined : setTimeout(tooLate, patience);
      signal?.addEventListener('abort', giveUp, { once: true });
      queue.push(waiting);
      this.queues.set(tokenKey, queue);
    });
  }

  private begun(tokenKey: string): Turn {
    const giveBack = this.shares.take(tokenKey);
    this.last.set(tokenKey, this.begunTurns++);
    let isOver = false;
    return {
      giveBack: () => {
        if (isOver) return;
        isOver = true;
        giveBack();
        this.ended++;
        this.next();
      },
    };
  }

  private next(): void {
    for (;;) {
      const ready = [...this.queues.keys()].filter((tokenKey) => this.shares.allows(tokenKey));
      if (ready.length === 0) return;
      const tokenKey = ready.reduce((first, other) => (this.isBefore(other, first) ? other : first));
      const [waiting] = this.queues.get(tokenKey)!;
      this.leave(tokenKey, waiting!);
      waiting!.begin(this.begun(tokenKey));
    }
  }

  private isBefore(a: string, b: string): boolean {
    const fewer = this.shares.heldBy(a) - this.shares.heldBy(b);
    return fewer === 0 ? (this.last.get(a) ?? -1) < (this.last.get(b) ?? -1) : fewer < 0;
  }

  private leave(tokenKey: string, waiting: Waiting): void {
    const queue = this.queues.get(tokenKey)!;
    queue.splice(queue.indexOf(waiting), 1);
    if (queue.length === 0) this.queues.delete(tokenKey);
  }
}
