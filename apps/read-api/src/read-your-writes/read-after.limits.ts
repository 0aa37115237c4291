/** How long a request waits for its positions. */
export const PATIENCE_MS = 5_000;

/** After so long it is asked whether the log holds the positions at all. Projections are quicker as a rule. */
export const DOUBTFUL_MS = 100;

/** What may wait at once: one unit is a partition of a projection that a request waits for. */
export const MOST_WAITS = 10_000;

/**
 * How far behind the end of the log, as it was known a moment ago, a position may be that is waited for. No log grows by
 * as much before its end is asked for again.
 */
export const FAR_BEYOND = 100_000;
