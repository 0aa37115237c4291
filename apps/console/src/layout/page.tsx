import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'react-router';

/** A page. Its heading names the document and takes the focus when the page opens. */
export function Page({
  title,
  lead,
  aside,
  back,
  children,
}: {
  title: string;
  lead?: ReactNode;
  /** Actions on the page as a whole, beside the heading. */
  aside?: ReactNode;
  /** The list that this page belongs to. */
  back?: { readonly to: string; readonly label: string };
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Jimo webhooks`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div style={{ flex: '1 1 20rem', minWidth: 0 }}>
          {back && (
            <Anchor
              component={Link}
              to={back.to}
              size="sm"
              display="inline-flex"
              style={{ alignItems: 'center', gap: 4 }}
            >
              <IconArrowLeft size={14} aria-hidden />
              {back.label}
            </Anchor>
          )}
          <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </div>
        {aside}
      </Group>
      {children}
    </Stack>
  );
}
