/** Something took longer than its deadline. It is not cancelled; its result is ignored. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** @throws {DeadlineExceeded} when `work` is not done within `ms` */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(`${what} took over ${ms / 1000} s`)), ms);
  });
  try {
    // Promise.race also handles the rejection of the one that comes later.
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
