import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets that can be found again, whatever they were put into. */
export class Planted {
  private readonly needles = new Map<string, string>();

  /** A new secret; letters and digits only, so that it stands in a URL as it is. */
  secret(name: string): string {
    const secret = `planted${randomBytes(12).toString('hex')}`;
    this.add(name, secret);
    return secret;
  }

  /** A secret that something else has made. */
  add(name: string, secret: string): void {
    this.needles.set(secret, name);
  }

  /** HTTP Basic with the secret as its password; what is sent counts as the secret, too. */
  basic(secret: string): string {
    const credentials = Buffer.from(`jimo:${secret}`).toString('base64');
    this.needles.set(credentials, `${this.needles.get(secret)}, as Basic`);
    return `Basic ${credentials}`;
  }

  /** The names of the secrets in a text or bytes. */
  in(haystack: string | Buffer): string[] {
    return [...this.needles].flatMap(([needle, name]) => (haystack.includes(needle) ? [name] : []));
  }
}

/** What was found where: empty when all is well. */
export type Findings = Set<string>;

/** Command lines of every process of this machine that can be read. */
export function commandLines(): { readonly pid: string; readonly line: string }[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [{ pid, line: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return [];
    }
  });
}

/** Looks at command lines over and over until it is stopped. */
export function watchCommandLines(planted: Planted, findings: Findings): () => void {
  const look = (): void => {
    for (const { line } of commandLines())
      for (const name of planted.in(line))
        findings.add(`${name} in the command line of ${line.slice(0, 60)}`);
  };
  const timer = setInterval(look, 100);
  return () => {
    look();
    clearInterval(timer);
  };
}

/** Every file below a folder, but for Kafka's indexes, which are large and have offsets only. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => !/\.(?:time)?index$/.test(file) && statSync(file, { throwIfNoEntry: false })?.isFile());
}
