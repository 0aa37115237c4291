/** What a projector does beside its projections. */
export interface ProjectorDuties {
  /** Whether it takes erased jimers from the log: one of the projectors does. */
  readonly erases: boolean;
}

export const NO_DUTIES: ProjectorDuties = { erases: false };
