import { validateSync, type ValidationError } from 'class-validator';

/** A setting's text is invalid. The message must not repeat the text, which may be a secret. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

/** Lists all missing and invalid settings by name, without their values. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly SettingProblem[]) {
    super(problems.map(({ setting, message }) => `${setting} ${message}`).join('\n'));
  }
}

interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** Turns a setting's text (trimmed, not empty) into its value. */
export type SettingParser<T> = (text: string) => T;

interface SettingOptions<T> {
  readonly parse: SettingParser<T>;
  /** Used when the variable is absent or empty. Without it, the setting is required unless `optional`. */
  readonly default?: T;
  readonly optional?: boolean;
}

interface Declared {
  readonly property: string;
  readonly name: string;
  readonly options: SettingOptions<unknown>;
}

interface Nested {
  readonly property: string;
  readonly type: SettingsClass<object>;
}

export type SettingsClass<T extends object> = new () => T;

const declared = new Map<unknown, Declared[]>();
const nested = new Map<unknown, Nested[]>();

/**
 * Declares that a property is read from an environment variable. class-validator's decorators beside it say what the
 * parsed value must satisfy.
 */
export function Setting<T>(name: string, options: SettingOptions<T>): PropertyDecorator {
  return (target, property) => {
    push(declared, target.constructor, { property: String(property), name, options });
  };
}

/** Declares that a property is a settings class of its own. */
export function SettingsOf(type: SettingsClass<object>): PropertyDecorator {
  return (target, property) => {
    push(nested, target.constructor, { property: String(property), type });
  };
}

/**
 * Reads an app's settings from its environment.
 *
 * @throws {SettingsError} naming each missing or invalid setting, never its value
 */
export function loadSettings<T extends object>(
  type: SettingsClass<T>,
  env: Readonly<Record<string, string | undefined>>,
): T {
  const problems: SettingProblem[] = [];
  const settings = read(type, env, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function read<T extends object>(
  type: SettingsClass<T>,
  env: Readonly<Record<string, string | undefined>>,
  problems: SettingProblem[],
): T {
  const settings = new type();
  const values = settings as Record<string, unknown>;
  const names = new Map<string, string>();
  const failed = new Set<string>();
  const report = (property: string, setting: string, message: string): void => {
    failed.add(property);
    problems.push({ setting, message });
  };

  for (const { property, name, options } of inherited(declared, type)) {
    names.set(property, name);
    const text = env[name]?.trim() ?? '';
    if (text === '') {
      if (options.default !== undefined) values[property] = options.default;
      else if (options.optional !== true) report(property, name, 'is missing');
      continue;
    }
    try {
      values[property] = options.parse(text);
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      report(property, name, error.message);
    }
  }
  for (const error of validateSync(settings, { forbidUnknownValues: false })) {
    if (failed.has(error.property)) continue;
    const name = names.get(error.property);
    if (name !== undefined) report(error.property, name, messageOf(error));
  }
  for (const { property, type: piece } of inherited(nested, type))
    values[property] = read(piece, env, problems);
  return Object.freeze(settings);
}

/** class-validator's messages start with the property's name; these start with the setting's. */
function messageOf(error: ValidationError): string {
  const messages = Object.values(error.constraints ?? {});
  return messages.map((message) => message.replace(`${error.property} `, '')).join(', ');
}

function push<V>(registry: Map<unknown, V[]>, key: unknown, value: V): void {
  const list = registry.get(key);
  if (list) list.push(value);
  else registry.set(key, [value]);
}

function inherited<V>(registry: ReadonlyMap<unknown, V[]>, type: unknown): V[] {
  const found: V[] = [];
  for (let at: unknown = type; typeof at === 'function'; at = Object.getPrototypeOf(at))
    found.unshift(...(registry.get(at) ?? []));
  return found;
}
