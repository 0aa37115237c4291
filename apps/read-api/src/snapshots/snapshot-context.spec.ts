import { inSnapshot } from './snapshot-context';

it.each([
  ['SELECT 1 FROM read_models.jimer AS j', 'SELECT 1 FROM "read_models_x".jimer AS j'],
  ['FROM "read_models"."event" "event"', 'FROM "read_models_x"."event" "event"'],
  [
    'FROM read_models.a JOIN read_models.b USING (c)',
    'FROM "read_models_x".a JOIN "read_models_x".b USING (c)',
  ],
  ['SELECT my_read_models.a, read_models_y.b', 'SELECT my_read_models.a, read_models_y.b'],
  ['SELECT FROM engine.generation', 'SELECT FROM engine.generation'],
])('%s', (sql, expected) => {
  expect(inSnapshot(sql, 'x')).toBe(expected);
});
