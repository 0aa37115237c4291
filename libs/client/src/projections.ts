/** What each projection is for. Written by `npm run openapi`. */
export const PROJECTIONS = {
  journeys: 'Each user’s experiences and their state; funnels',
  surveys: 'Survey answers and their distributions',
  experiences: 'Experiences and their lifecycle',
  jimers: 'Profiles of your users',
  feedback: 'The feedback backlog and its triage',
  'set-aside': 'Rejected events: quarantined or unrecognized',
} as const;
