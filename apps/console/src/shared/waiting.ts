export const SET_ASIDE_KINDS = ['quarantine', 'unrecognized'] as const;
export type SetAsideKind = (typeof SET_ASIDE_KINDS)[number];
