import { internals, type EncodedRequest, type ProduceProtocol } from './internals';
import { encodeProduce } from './produce-request';

/** From this version on records are what `encodeProduce` writes. */
const FIRST_VERSION = 3;

/**
 * Makes every producer of this process encode its requests with `encodeProduce`, and with kafkajs what that does not
 * write. kafkajs makes a buffer of half a KiB for every header.
 */
export function encodeProducesInOnePass(): void {
  const { produce } = internals();
  const { protocol } = produce;
  produce.protocol = ({ version }) =>
    version < FIRST_VERSION ? protocol({ version }) : inOnePass(protocol({ version }));
}

/** Differs from kafkajs's own only in how the request is encoded. */
export function inOnePass(own: ProduceProtocol): ProduceProtocol {
  return (call) => {
    const { request, ...rest } = own(call);
    const encode = async (): Promise<EncodedRequest> => {
      const buffer = encodeProduce(call, Date.now());
      return buffer ? { buf: buffer, buffer } : request.encode();
    };
    return { ...rest, request: { ...request, encode } };
  };
}
