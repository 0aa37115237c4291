/** What kafkajs, Node's TLS and the brokers say, and the setting that it is about. The first that fits counts. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /mechanism is not supported by the server|SASL \S+ mechanism is not/,
    'KAFKA_SASL_MECHANISM is one that the brokers do not take',
  ],
  [
    /SASL .*authentication failed|Authentication failed/,
    'check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM',
  ],
  [
    /timestamp of the message is out of acceptable range/,
    "this machine's clock and the broker's are more than an hour apart: set the one that is wrong",
  ],
  [
    /does not match certificate's altnames/,
    "KAFKA_BROKERS names a host that is not in the broker's certificate; so may what the broker advertises",
  ],
  [
    /self.signed certificate|unable to (?:verify|get)|certificate (?:has expired|is not yet valid|signature failure|chain)/,
    "the broker's certificate is not signed by an authority that KAFKA_SSL_CA names, or is not valid now",
  ],
  [
    /before secure TLS connection|wrong version number|packet length too long|http request|EPROTO/,
    'KAFKA_SSL is on: is this port for TLS?',
  ],
  [
    /^(?:KafkaJSConnectionClosedError: )?Closed connection|Connection error: read ECONNRESET/,
    'the broker hung up: it may expect TLS (KAFKA_SSL) or a login (KAFKA_SASL_MECHANISM)',
  ],
];

/** The same error, with the setting that it is about in its message. */
export function rethrowExplained(error: unknown): never {
  const hint = settingBehind(error);
  if (hint !== null && error instanceof Error && !error.message.includes(hint))
    error.message = `${error.message} (${hint})`;
  throw error;
}

/** @returns what may be wrong, by the name of the setting; null when it is something else */
export function settingBehind(error: unknown): string | null {
  const said = error instanceof Error ? error.message : String(error);
  return HINTS.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}

/** Whether what kafkajs threw may be gone at another try: its causes are not looked at. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'KafkaJSNumberOfRetriesExceeded' ||
    (error as { readonly retriable?: boolean }).retriable === true);
