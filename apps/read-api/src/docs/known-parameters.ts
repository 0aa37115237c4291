const JIMER = '17dff65e-434d-4454-bb57-a1167fefbb6b';
const EXPERIENCE = '550433b7-6b40-4f4a-a8bc-79ad2a55a847';

interface KnownParameter {
  /** Paths that have the parameter in this sense. */
  readonly path: RegExp;
  readonly name: string;
  readonly example?: unknown;
  readonly description?: string;
}

/** One story throughout: the jimer and the experience of the README, which the contract tests send too. */
export const KNOWN_PARAMETERS: readonly KnownParameter[] = [
  { path: /^\/v1\/jimers\//, name: 'uid', example: JIMER, description: 'Of the jimer.' },
  { path: /^\/v1\/experiences\//, name: 'uid', example: EXPERIENCE, description: 'Of the experience.' },
  {
    path: /^\/v1\/feedback\//,
    name: 'uid',
    example: 'b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11',
    description: 'Of the request.',
  },
  {
    path: /./,
    name: 'stepUid',
    example: '6e5ae4ba-5b0c-4b3e-9c0a-0d4ad1a03bd2',
    description: 'Of the step.',
  },
  { path: /./, name: 'taskUid', example: 'task-1', description: 'Of the task.' },
  { path: /./, name: 'experienceUid', example: EXPERIENCE, description: 'Of the experience.' },
  { path: /./, name: 'jimerUid', example: JIMER, description: 'Of the jimer.' },
  {
    path: /./,
    name: 'identifyToken',
    example: 'sam',
    description: "The customer's own id of the user, exactly.",
  },
  { path: /./, name: 'email', example: 'sam@example.com' },
  { path: /^\/v1\/jimers$/, name: 'q', example: 'sam' },
  { path: /^\/v1\/experiences$/, name: 'q', example: 'onboard' },
  { path: /^\/v1\/projections\//, name: 'name', example: 'journeys', description: 'Of the projection.' },
  { path: /^\/v1\/(?:dead-letters|jobs)\//, name: 'id', example: '17', description: 'As lists show it.' },
  {
    path: /^\/v1\/(?:quarantine|unrecognized)\//,
    name: 'id',
    example: '0d4ad1a0-3bd2-5e2f-8d3a-0a3f6c1d2b11',
    description: 'That the gateway answered.',
  },
  { path: /./, name: 'workspace', example: 'default' },
  {
    path: /^\/v1\/experiences\/top$/,
    name: 'limit',
    example: 5,
    description: 'How many at most.',
  },
  { path: /./, name: 'limit', example: 20, description: 'How many items a page has at most.' },
  { path: /\/diff$/, name: 'from', example: 'before_campaign' },
  { path: /\/diff$/, name: 'to', example: 'active' },
  { path: /./, name: 'from', example: '2025-02-03' },
  { path: /./, name: 'to', example: '2025-03-03' },
  { path: /^\/v1\/dead-letters$/, name: 'state', description: 'Only letters in this state.' },
  { path: /^\/v1\/dead-letters$/, name: 'projection', description: 'Only letters of this projection.' },
  { path: /^\/v1\/experiences$/, name: 'type', example: 'TOUR' },
  { path: /^\/v1\/experiences$/, name: 'status', example: 'live' },
  { path: /./, name: 'state', description: 'Only jimers whose journey is in this state.' },
  {
    path: /./,
    name: 'projectUid',
    example: '9b4e7a10-1f2c-4d3e-8a5b-6c7d8e9f0a1b',
    description: 'Only items of this project.',
  },
  { path: /^\/v1\/feedback/, name: 'tag', example: 'ux' },
  { path: /./, name: 'If-None-Match', description: 'The `ETag` of the answer that you have.' },
  { path: /^\/v1\/snapshots\//, name: 'name', example: 'before_campaign', description: 'Of the snapshot.' },
  {
    path: /./,
    name: 'snapshot',
    description:
      'Reads the snapshot of this name instead of what serves; every projection read here needs one.',
  },
  { path: /./, name: 'Read-After', example: 'jimo.engagement/3@0' },
];
