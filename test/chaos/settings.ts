/** From the environment: `npm run chaos` sets it (main.mjs), `npm run test:all` leaves it as it is here. */
export interface ChaosSettings {
  readonly seed: number;
  /** How long faults are done under load; preparing, settling and checking come on top. */
  readonly minutes: number;
  readonly eventsPerSecond: number;
  /** Checks and faults that are left out: verify, status, rebuild, erase. */
  readonly without: ReadonlySet<string>;
  /** Keeps the data of the run. */
  readonly keep: boolean;
}

const DEFAULTS = { seed: 20_250_221, minutes: 2.75, eventsPerSecond: 100 };

export function chaosSettings(env: NodeJS.ProcessEnv = process.env): ChaosSettings {
  const number = (name: string, otherwise: number): number => {
    const value = Number(env[name] ?? otherwise);
    if (!(value > 0)) throw new Error(`${name} must be a number above 0`);
    return value;
  };
  return {
    seed: Math.trunc(number('CHAOS_SEED', DEFAULTS.seed)),
    minutes: number('CHAOS_MINUTES', DEFAULTS.minutes),
    eventsPerSecond: number('CHAOS_RATE', DEFAULTS.eventsPerSecond),
    without: new Set((env['CHAOS_WITHOUT'] ?? '').split(',').filter(Boolean)),
    keep: env['CHAOS_KEEP'] !== undefined,
  };
}
