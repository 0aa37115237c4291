/**
 * SQL of the number that a bucket of answers stands for, as numeric; null when it is none that a float8 holds.
 * It is a CASE because Postgres may evaluate the cast before a condition in WHERE.
 */
export const numberIn = (bucket: string): string => `CASE
  WHEN ${bucket} ~ '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'
   AND pg_input_is_valid(${bucket}, 'float8') AND pg_input_is_valid(${bucket}, 'numeric')
  THEN ${bucket}::numeric END`;

/**
 * What counted numbers come to, over the columns \`number\` and \`responses\`. Added up as numeric, and given as text:
 * a sum of float8 fails when it overflows.
 */
export const SCALE_SUMS = `
  sum(responses)::bigint AS numeric,
  sum(number * responses)::text AS sum,
  COALESCE(sum(responses) FILTER (WHERE number BETWEEN 9 AND 10), 0)::bigint AS promoters,
  COALESCE(sum(responses) FILTER (WHERE number >= 7 AND number < 9), 0)::bigint AS passives,
  COALESCE(sum(responses) FILTER (WHERE number >= 0 AND number < 7), 0)::bigint AS detractors`;
