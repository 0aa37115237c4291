import { hash } from 'node:crypto';

const NAMESPACE_BYTES = 16;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const VARIANT = ['8', '9', 'a', 'b'];

/**
 * UUIDs of version 5 (RFC 9562) in a namespace: SHA-1 of the namespace and the name's UTF-8 bytes. The `uuid`
 * package gives the same in three times the time; this is done for every event.
 *
 * @param namespace a UUID
 */
export function uuidV5(namespace: string): (name: string) => string {
  const bytes = Buffer.alloc(1_024);
  bytes.write(namespace.replaceAll('-', ''), 'hex');
  return (name) => {
    const needed = NAMESPACE_BYTES + BYTES_PER_UNIT * name.length;
    const target =
      needed <= bytes.length ? bytes : Buffer.concat([bytes.subarray(0, NAMESPACE_BYTES)], needed);
    const end = NAMESPACE_BYTES + target.write(name, NAMESPACE_BYTES, 'utf8');
    const hex = hash('sha1', target.subarray(0, end), 'hex');
    const variant = VARIANT[Number.parseInt(hex.charAt(16), 16) & 3]!;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}
