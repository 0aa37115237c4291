import {
  type AclEntry,
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  ResourcePatternTypes,
} from 'kafkajs';

/** What someone may do with a resource. */
export interface AccessRule {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** Whether the name is the beginning of names. */
  readonly prefixed: boolean;
  readonly operations: readonly AccessOperation[];
}

const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
} as const;
export type AccessOperation = keyof typeof OPERATIONS;

const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP } as const;

const principalOf = (username: string): string => `User:${username}`;

function entriesOf(username: string, rules: readonly AccessRule[]): AclEntry[] {
  return rules.flatMap(({ resource, name, prefixed, operations }) =>
    operations.map((operation) => ({
      principal: principalOf(username),
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      operation: OPERATIONS[operation],
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    })),
  );
}

/**
 * Lets a user do what the rules say, and nothing else that an earlier rule allowed. Safe to repeat.
 *
 * @param admin connected, as someone who may alter the cluster
 */
export async function setRules(admin: Admin, username: string, rules: readonly AccessRule[]): Promise<void> {
  const wanted = entriesOf(username, rules);
  if (wanted.length > 0) await admin.createAcls({ acl: wanted });
  const keys = new Set(wanted.map(keyOf));
  const { resources } = await admin.describeAcls(allOf(username));
  const surplus = resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls
      .map((acl): AclEntry => ({ ...acl, resourceType, resourceName, resourcePatternType }))
      .filter((entry) => !keys.has(keyOf(entry))),
  );
  if (surplus.length > 0) await admin.deleteAcls({ filters: surplus });
}

const keyOf = (entry: AclEntry): string =>
  [
    entry.resourceType,
    entry.resourcePatternType,
    entry.resourceName,
    entry.operation,
    entry.permissionType,
    entry.host,
  ].join(' ');

const allOf = (username: string) => ({
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
  principal: principalOf(username),
});
