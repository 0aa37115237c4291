import type { Pool } from 'pg';

/**
 * feature_not_supported, "cached plan must not change result type", and undefined_function, no operator for the type
 * that a parameter had: a view was made anew with columns of other types. One that only shows another table does not
 * come to this, Postgres plans anew by itself.
 */
const OF_ANOTHER_TIME = new Set<unknown>(['0A000', '42883']);

/** Named statements over a pool: the name tells a connection that it knows the text already. */
export class PlannedStatements {
  private readonly numbers = new Map<string, number>();
  /** Part of every name, so that all are parsed anew once one was found to be of another time. */
  private epoch = 0;

  /** @param parameters values of $1, $2, … */
  async run<T>(pool: Pick<Pool, 'query'>, text: string, parameters: readonly unknown[]): Promise<T[]> {
    const { epoch } = this;
    const ask = async (): Promise<T[]> => {
      const values = [...parameters];
      const { rows } = await pool.query<never>({ name: this.nameOf(text), text, values });
      return rows;
    };
    try {
      return await ask();
    } catch (error) {
      if (!OF_ANOTHER_TIME.has((error as { code?: unknown }).code)) throw error;
      if (this.epoch === epoch) this.epoch++;
      return ask();
    }
  }

  private nameOf(text: string): string {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return `${this.epoch}.${number}`;
  }
}
