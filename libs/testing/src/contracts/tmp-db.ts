import { Client } from 'pg';
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}
export async function createDatabase(): Promise<TestDatabase> {
  const base = process.env['TEST_DATABASE_URL']!;
  const name = `t_${process.pid}_${Date.now()}`;
  const c = new Client({ connectionString: base });
  await c.connect();
  await c.query(`CREATE DATABASE ${name}`);
  await c.end();
  const url = new URL(base);
  url.pathname = name;
  return {
    url: url.toString(),
    drop: async () => {
      const d = new Client({ connectionString: base });
      await d.connect();
      await d.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await d.end();
    },
  };
}
