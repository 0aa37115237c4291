import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BACKLOG_ITEM_TRIAGED, EVENT_NAMES } from '@app/catalog';
import { fromFile, Parser } from '@asyncapi/parser';
import Ajv from 'ajv';
import { CONTRACTS_FOLDER, contractFiles } from './contract-files';

const ROOT = join(__dirname, '../../..');
const FOLDER = join(ROOT, CONTRACTS_FOLDER);

describe('the contracts that are checked in', () => {
  it('are those of the code (npm run contracts)', () => {
    const made = contractFiles(ROOT);
    const found = globSync(['asyncapi.json', 'schemas/*'], { cwd: FOLDER });
    expect(found.sort()).toEqual([...made.keys()].sort());
    for (const [path, text] of made)
      expect([path, readFileSync(join(FOLDER, path), 'utf8')]).toEqual([path, text]);
  });

  it('are an AsyncAPI 3 document without a fault, examples included', async () => {
    const { document, diagnostics } = await fromFile(new Parser(), join(FOLDER, 'asyncapi.json')).parse();
    // 3.1 is there as well; not every tool reads it yet.
    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    expect(faults.map(({ code, message, path }) => `${path.join('.')}: ${message} (${code})`)).toEqual([]);
    expect(document!.channels().all()).toHaveLength(5);
    expect(document!.messages().all().length).toBeGreaterThan(42);
  });

  it('show records that are as they say, by an example of every event that is generated', () => {
    // The parser leaves examples alone.
    const document = JSON.parse(readFileSync(join(FOLDER, 'asyncapi.json'), 'utf8')) as AsyncApi;
    const ajv = new Ajv({ strict: false }).addSchema(document, 'asyncapi');
    const shown: string[] = [];
    for (const [name, message] of Object.entries(document.components.messages)) {
      for (const example of message.examples ?? []) {
        shown.push(name);
        for (const part of ['headers', 'payload'] as const) {
          const path = `asyncapi#/components/messages/${name}/${part}`;
          expect([name, part, ajv.validate(path, example[part]), ajv.errors]).toEqual([
            name,
            part,
            true,
            null,
          ]);
        }
      }
    }
    expect(shown).toEqual([...EVENT_NAMES, BACKLOG_ITEM_TRIAGED]);
  });
});

interface AsyncApi {
  readonly components: {
    readonly messages: Record<string, { readonly examples?: { headers: unknown; payload: unknown }[] }>;
  };
}
