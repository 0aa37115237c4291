import { until as untilWithin, type UntilOptions } from '@app/local';

/** As the system's own, for a machine that has much else to do: less than half of the time that Jest gives a test. */
export const until = <T>(
  what: string,
  probe: () => Promise<T> | T,
  options: UntilOptions = {},
): ReturnType<typeof untilWithin<T>> => untilWithin(what, probe, { deadlineMs: 240_000, ...options });
