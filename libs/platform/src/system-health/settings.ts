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

/** How a process asks the gateway what it refused: a secret of the gateway and of those who ask. */
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

/** What docker-compose.yml has for everybody. */
const KNOWN_TOKEN = 'only-inside-this-network';

/** Refuses the token that everybody knows where the gateway is published beyond loopback. */
export function OwnHealthTokenWhenPublished(): PropertyDecorator {
  return ValidateBy({
    name: 'ownHealthTokenWhenPublished',
    validator: {
      validate: (token: unknown, args) =>
        token !== KNOWN_TOKEN || isLoopback((args!.object as { publishHost: string }).publishHost),
      defaultMessage: () =>
        'is the one that everyone knows, but PUBLISH_HOST is not loopback: set one of your own',
    },
  });
}

/** What a process that judges the system's health is configured by. */
export class SystemHealthSettings {
  /** The apps to watch. A host may stand for several addresses: each is a process of the app. */
  @Setting('HEALTH_APPS', { parse: parseAppPlaces, optional: true })
  apps?: readonly AppPlace[];

  @HealthTokenSetting()
  token?: string;

  /** Workspaces that have a token and are not expected to send anything, such as those for invented events. */
  @Setting('HEALTH_IDLE_WORKSPACES', { parse: asList, default: [] })
  idleWorkspaces!: readonly string[];

  /** Where Jimo reaches the gateway, to be shown to people. */
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

/** It is shown to everybody with a token, so that it must hold no secret. */
function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}
