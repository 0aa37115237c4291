export const REJECTED_KINDS = ['quarantine', 'unrecognized'] as const;
export type RejectedKind = (typeof REJECTED_KINDS)[number];
