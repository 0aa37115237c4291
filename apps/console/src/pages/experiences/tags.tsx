import { Badge, Group } from '@mantine/core';
import { short } from '../../shared/short';
import type { Experience } from '../../shared/experience';

/** The names of the tags. The value is as the vendor sent it, so anything unlike `[{ uid, name }]` is ignored. */
export function tagNames(tags: Experience['tags']): string[] {
  if (!Array.isArray(tags)) return [];
  return tags.flatMap((tag: unknown) => {
    if (typeof tag !== 'object' || tag === null) return [];
    const { name, uid } = tag as { name?: unknown; uid?: unknown };
    const shown = typeof name === 'string' && name !== '' ? name : uid;
    return typeof shown === 'string' ? [shown] : [];
  });
}

export function Tags({ tags, mt = 0 }: { tags: Experience['tags']; mt?: number }) {
  const names = tagNames(tags);
  if (names.length === 0) return null;
  return (
    <Group gap={4} mt={mt}>
      {names.map((name) => (
        <Badge key={name} variant="default" size="sm" tt="none" fw={500} maw="100%" title={name}>
          {short(name, 40)}
        </Badge>
      ))}
    </Group>
  );
}
