/** Topic names are identities: they never change once deployed. */
export const TOPICS = {
  /** What the customer's team does to an experience; partitioned by the experience's (or post's) uid. */
  lifecycle: 'jimo.lifecycle',
  /** Everything a jimer does; partitioned by the jimer's uid. */
  engagement: 'jimo.engagement',
  /** Submitted feedback and its triage; partitioned by the request's uid. */
  feedback: 'jimo.feedback',
  /** Well-formed envelopes whose event name is not in the catalogue; partitioned by the record's key. */
  unrecognized: 'jimo.unrecognized',
  /** Catalogued events whose payload fails validation, with the reasons; partitioned by the record's key. */
  quarantine: 'jimo.quarantine',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];
export type CatalogTopic = (typeof TOPICS)['lifecycle' | 'engagement' | 'feedback'];
export const ALL_TOPICS: readonly Topic[] = Object.values(TOPICS);
