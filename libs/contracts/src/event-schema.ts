import { CATALOG, JimoEvent, OWN_EVENTS } from '@app/catalog';
import { type EventClass, ruledProperties, type Schema } from './rule-schema';
import type { ClassDocs, PropertyDocs } from './source-docs';

/** Where a schema's parts are: beside it in a file of its own, or all together in the AsyncAPI document. */
export type Reference = (name: string) => string;

export interface EventSchema {
  readonly event: string;
  readonly description: string;
  readonly schema: Schema;
  /** The objects that it refers to, by name. */
  readonly parts: ReadonlyMap<string, Schema>;
}

/** The years 1 to 9999, in epoch milliseconds. */
const TIME = {
  minimum: Date.parse('0001-01-01T00:00:00.000Z'),
  maximum: Date.parse('9999-12-31T23:59:59.999Z'),
};
const TIME_SCHEMA = { type: 'integer', ...TIME, description: 'When it happened, in epoch milliseconds.' };

/** Makes JSON Schemas of the values of the topics' records from the classes that validate them. */
export class EventSchemas {
  constructor(
    private readonly docs: ReadonlyMap<string, ClassDocs>,
    private readonly reference: Reference,
  ) {}

  /** Of every event that the catalogue's topics may hold, by name. */
  all(): readonly EventSchema[] {
    return [...Object.values(CATALOG), ...OWN_EVENTS].map(({ name, type }) =>
      this.eventSchema(name, type, { event: { const: name } }),
    );
  }

  /** Of an event that is not in the catalogue, or not valid: what any has. */
  envelope(): EventSchema {
    return this.eventSchema('any event', JimoEvent, {});
  }

  private eventSchema(event: string, type: EventClass, named: Readonly<Record<string, Schema>>): EventSchema {
    const parts = new Map<string, Schema>();
    const schema = this.schemaOf(event, type, parts, { ...named, time: TIME_SCHEMA });
    const { description } = schema;
    if (typeof description !== 'string') throw new Error(`class ${type.name} does not say what it tells of`);
    return { event, description, schema, parts };
  }

  /** @param fixed members whose schema is known better than the class's rules say it */
  private schemaOf(
    title: string,
    type: EventClass,
    parts: Map<string, Schema>,
    fixed: Readonly<Record<string, Schema>> = {},
  ): Schema {
    const lineage = this.lineageOf(type);
    const doc = lineage.findLast((each) => each.doc !== undefined)?.doc;
    const ruled = new Map(
      ruledProperties(type, (of) => this.partOf(of, parts)).map((property) => [property.name, property]),
    );
    const documented = new Map(
      lineage.flatMap(({ properties }) => properties.map((each) => [each.name, each])),
    );
    const properties: Record<string, Schema> = { ...fixed };
    const required = Object.keys(fixed);
    const conditional: Schema[] = [];
    for (const name of new Set([...documented.keys(), ...ruled.keys()])) {
      const rules = ruled.get(name);
      const words = documented.get(name);
      if (name in fixed) continue;
      if (!rules) {
        properties[name] = uncheckedSchema(words!);
      } else if (rules.condition) {
        const then = { required: [name], properties: { [name]: rules.schema } };
        conditional.push({ if: rules.condition, then });
      } else {
        properties[name] = described(rules.schema, words);
        if (rules.required) required.push(name);
      }
    }
    return {
      title,
      ...(doc !== undefined && { description: doc }),
      type: 'object',
      ...(required.length > 0 && { required }),
      properties,
      ...(conditional.length > 0 && { allOf: conditional }),
    };
  }

  private partOf(type: EventClass, parts: Map<string, Schema>): Schema {
    // Set first: a class may hold another of its kind.
    if (!parts.has(type.name)) {
      parts.set(type.name, {});
      parts.set(type.name, this.schemaOf(type.name, type, parts));
    }
    return { $ref: this.reference(type.name) };
  }

  /** The class and those that it extends, the most general first. */
  private lineageOf(type: EventClass): readonly ClassDocs[] {
    const lineage: ClassDocs[] = [];
    for (let name: string | undefined = type.name; name !== undefined;) {
      const docs: ClassDocs | undefined = this.docs.get(name);
      if (!docs) throw new Error(`the source of class ${name} is not among the catalogue's`);
      lineage.unshift(docs);
      name = docs.base;
    }
    return lineage;
  }
}

/** Takes anything, and says what is usually there. */
function uncheckedSchema({ doc, usually }: PropertyDocs): Schema {
  return { ...(doc !== undefined && { description: doc }), ...(usually && { anyOf: [usually, true] }) };
}

/** In draft 7 what stands beside a `$ref` is ignored: nothing is said twice. */
function described(schema: Schema, words: PropertyDocs | undefined): Schema {
  return words?.doc === undefined || '$ref' in schema ? schema : { ...schema, description: words.doc };
}
