const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Keys are short: this is room for a uid, or for an id and a digest. */
let bytes = Buffer.alloc(512);

/**
 * The partition that Java's default partitioner gives a key of these UTF-8 bytes: murmur2.
 *
 * @param partitions how many the topic has
 */
export function partitionOf(partitionKey: string, partitions: number): number {
  return (murmur2(partitionKey) & 0x7fffffff) % partitions;
}

/**
 * Murmur2 of a text's UTF-8 bytes as Java's client computes it, in 32 bits. kafkajs computes it in big integers,
 * which takes thirty times as long. Source: org.apache.kafka.common.utils.Utils.murmur2.
 */
function murmur2(text: string): number {
  if (3 * text.length > bytes.length) bytes = Buffer.alloc(3 * text.length);
  const length = bytes.write(text, 'utf8');
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ Math.imul(k ^ (k >>> R), M);
  }
  const left = length - whole;
  if (left > 2) h ^= bytes[whole + 2]! << 16;
  if (left > 1) h ^= bytes[whole + 1]! << 8;
  if (left > 0) h = Math.imul(h ^ bytes[whole]!, M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
