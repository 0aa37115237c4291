/**
 * An event that a projection can never apply, whatever is retried: its value does not fit a column.
 * Raised by the pure part only, caught by the fold, and ended as a dead letter with this reason.
 */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
}
