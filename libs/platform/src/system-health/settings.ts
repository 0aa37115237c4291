import { MinLength, ValidateBy, ValidateIf } from 'class-validator';
import { asList, asText } from '../settings/parsers';
import { InvalidSetting, Setting } from '../settings/setting';
import { isLoopback } from '../tokens/development-tokens';
import type { AppPlace } from './ask-apps';

const SHORTEST_TOKEN = 16;

/** `name=http://host:port` of each app, comma-separated. @throws {InvalidSetting} */
export function parseAppPlaces(text: string): readonly AppPlace[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, name, address] = /^([a-z][a-z0-9-]*)=(http:\/\/.+)$/.exec(entry) ?? [];
      if (name === undefined || address === undefined || !URL.canParse(address))
        throw new InvalidSetting('must be comma-separated name=http://host:port');
      return { name, url: new URL(address) };
    });
}

/** The shared secret with which processes ask the gateway what it refused. */
export function HealthTokenSetting(): PropertyDecorator {
  return (target, property) => {
    Setting('HEALTH_TOKEN', { parse: asText, optional: true })(target, property);
    ValidateIf((_settings: object, value: unknown) => value !== undefined)(target, property);
    MinLength(SHORTEST_TOKEN, { message: `must have at least ${SHORTEST_TOKEN} characters` })(
      target,
      property,
    );
  };
}

/** The token in docker-compose.yml, which everybody knows. */
const KNOWN_TOKEN = 'only-inside-this-network';

/** Refuses the token that everybody knows if the gateway is published beyond loopback. */
export function OwnHealthTokenWhenPublished(): PropertyDecorator {
  return ValidateBy({
    name: 'ownHealthTokenWhenPublished',
    validator: {
      validate: (token: unknown, args) =>
        token !== KNOWN_TOKEN || isLoopback((args!.object as { publishHost: string }).publishHost),
      defaultMessage: () => 'is the one that everyone knows, but PUBLISH_HOST is not loopback: set your own',
    },
  });
}

/** The settings of a process that judges the system's health. */
export class SystemHealthSettings {
  /** The apps to watch. Each address of a host is a process of the app. */
  @Setting('HEALTH_APPS', { parse: parseAppPlaces, optional: true })
  apps?: readonly AppPlace[];

  @HealthTokenSetting()
  token?: string;

  /** Workspaces that have a token but are not expected to send anything, such as those for generated events. */
  @Setting('HEALTH_IDLE_WORKSPACES', { parse: asList, default: [] })
  idleWorkspaces!: readonly string[];

  /** The address at which Jimo reaches the gateway, for people to read. */
  @Setting('GATEWAY_URL', { parse: asText, optional: true })
  @ValidateIf(({ gatewayUrl }: SystemHealthSettings) => gatewayUrl !== undefined)
  @ValidateBy({
    name: 'plainUrl',
    validator: {
      validate: (value: unknown) => isPlainUrl(String(value)),
      defaultMessage: () => 'must be http://host or https://host, without a password or a query',
    },
  })
  gatewayUrl?: string;
}

/** Everybody with a token sees it, so it must not contain a secret. */
function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}
