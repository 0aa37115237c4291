import { createRequire } from 'node:module';
import { encodeProduce, type ProduceCall } from './produce-request';

/** Another version may encode in another way, or elsewhere: then this folder has to be looked at first. */
const VERSION = '2.2.4';

/** What kafkajs writes before a request: it copies these bytes, and looks at nothing else. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

interface ProduceRequest {
  encode(): Promise<Encoded>;
}

export type ProduceProtocol = (call: ProduceCall) => { readonly request: ProduceRequest };

interface ProduceDefinition {
  protocol: (version: { readonly version: number }) => ProduceProtocol;
}

/** From this version on records are what `encodeProduce` writes. */
const FIRST_VERSION = 3;

/** @throws {Error} when the installed kafkajs is not the one that this is written for */
export function produceDefinition(): ProduceDefinition {
  const require = createRequire(__filename);
  const { version } = require('kafkajs/package.json') as { readonly version: string };
  if (version !== VERSION)
    throw new Error(
      `kafkajs ${version} is installed, but records are encoded for kafkajs ${VERSION}: ` +
        'compare libs/engine-kafka/src/produce with the new version, or install that one',
    );
  return require('kafkajs/src/protocol/requests/produce') as ProduceDefinition;
}

let replaced = false;

/**
 * Makes every producer of this process encode what it sends by `encodeProduce`, and by kafkajs what that leaves to
 * it. kafkajs makes a buffer of half a KiB for every header.
 *
 * @throws {Error} when the installed kafkajs is not the one that this is written for
 */
export function encodeProducesInOnePass(): void {
  if (replaced) return;
  replaced = true;
  const definition = produceDefinition();
  const { protocol } = definition;
  definition.protocol = ({ version }) =>
    version < FIRST_VERSION ? protocol({ version }) : inOnePass(protocol({ version }));
}

/** As kafkajs's own, but for how the request is encoded. */
export function inOnePass(own: ProduceProtocol): ProduceProtocol {
  return (call) => {
    const { request, ...rest } = own(call);
    const encode = async (): Promise<Encoded> => {
      const buffer = encodeProduce(call, Date.now());
      return buffer ? { buf: buffer, buffer } : request.encode();
    };
    return { ...rest, request: { ...request, encode } };
  };
}
