/** What an experience can be, as its snapshot says it. */
export const EXPERIENCE_TYPES = ['TOUR', 'SURVEY', 'BANNER', 'HINT', 'CHECKLIST', 'POST'] as const;
export type ExperienceType = (typeof EXPERIENCE_TYPES)[number];

/** As the names of its events begin. */
export const EXPERIENCE_FAMILIES = [
  'tour',
  'survey',
  'checklist',
  'hint',
  'banner',
  'post',
] as const satisfies Lowercase<ExperienceType>[];
export type ExperienceFamily = (typeof EXPERIENCE_FAMILIES)[number];
