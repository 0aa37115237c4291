import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get?: {
          readonly responses: Readonly<
            Record<
              string,
              { readonly content?: Readonly<Record<string, { schema: Schema; example?: string }>> }
            >
          >;
        };
      }
    >
  >;
}

// What is checked in is what the code says (docs.spec).
const document = JSON.parse(readFileSync(join(__dirname, '../../../openapi.json'), 'utf8')) as Document;

function resolved(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1)!]!;
}

/** The few projections, topics and snapshots of an installation, with their state of the moment. */
const NO_LISTS = ['/v1/projections', '/v1/topics', '/v1/snapshots'];

const lists = Object.entries(document.paths).flatMap(([path, { get }]) => {
  const content = get?.responses['200']?.content;
  const schema = content?.['application/json']?.schema;
  const { items, nextCursor, experiences } = (schema && resolved(schema).properties) ?? {};
  const list = nextCursor && (items ?? (path.endsWith('/journey') ? experiences : undefined));
  return list?.items && !NO_LISTS.includes(path)
    ? [{ path, item: resolved(list.items), content: content! }]
    : [];
});

/** What the CSV shows under another name, or as what it consists of. */
const SHOWN_AS: Readonly<Record<string, string>> = { request: 'title', jimer: 'requester' };
/** The CSV has a row per response instead. */
const OTHER_ROWS = /^\/v1\/experiences\/\{uid\}\/answers$/;

describe('exports in the OpenAPI document', () => {
  it('are there', () => expect(lists.length).toBeGreaterThan(9));

  it.each(lists)('every list can be had whole: $path', ({ path, item, content }) => {
    expect(Object.keys(content)).toEqual(['application/json', 'application/x-ndjson', 'text/csv']);
    // Every field of an item is in the CSV, under its name or in columns whose names begin with it.
    const columns = content['text/csv']!.example!.trimEnd().split(',');
    expect(new Set(columns).size).toBe(columns.length);
    if (OTHER_ROWS.test(path)) return;
    const missing = Object.keys(item.properties!).filter(
      (field) => !columns.some((column) => column.startsWith(SHOWN_AS[field] ?? field)),
    );
    expect(missing).toEqual([]);
  });
});
