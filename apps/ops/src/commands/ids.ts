import { isUuid } from '@app/catalog';

export class InvalidId extends Error {
  override readonly name = 'InvalidId';
}

/** Ids as the API accepts them: a bigint without a sign or leading zeros. */
const NUMBERED = /^[1-9]\d{0,17}$/;

/** @throws {InvalidId} naming those that cannot be ids */
export function numberedIds(ids: readonly string[], what: 'job' | 'dead letter'): readonly string[] {
  return checked(ids, (id) => NUMBERED.test(id), `is not the id of a ${what}: it is a number, such as 17`);
}

/** In lower case. @throws {InvalidId} naming those that cannot be ids */
export function eventIds(ids: readonly string[]): readonly string[] {
  return checked(ids, isUuid, 'is not the id of an event: it is a UUID').map((id) => id.toLowerCase());
}

/** In lower case. @throws {InvalidId} naming those that cannot be uids */
export function jimerUids(uids: readonly string[]): readonly string[] {
  return checked(uids, isUuid, 'is not the uid of a jimer: it is a UUID').map((uid) => uid.toLowerCase());
}

function checked(
  ids: readonly string[],
  isOne: (id: string) => boolean,
  complaint: string,
): readonly string[] {
  const odd = ids.filter((id) => !isOne(id));
  if (odd.length > 0)
    throw new InvalidId(
      `${odd
        .slice(0, 5)
        .map((id) => JSON.stringify(id))
        .join(', ')} ${complaint}. Nothing was done.`,
    );
  return [...new Set(ids)];
}
