/** Whether what kafkajs threw may be gone at another try: its causes are not looked at. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'KafkaJSNumberOfRetriesExceeded' ||
    (error as { readonly retriable?: boolean }).retriable === true);
