import { ReadApiProblem } from '@app/client';
import { Alert, Anchor, Button, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Page } from '../layout/page';
import { Boundary } from './boundary';

/** An empty state, with the reason and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl">
      <ThemeIcon variant="light" size="xl" radius="xl" aria-hidden>
        <IconInbox />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" size="sm" ta="center" maw={460} component="div">
        {children}
      </Text>
    </Stack>
  );
}

export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <Stack role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  );
}

/** An error as text for the user, with the possible remedy. */
export function explain(error: unknown): string {
  if (!(error instanceof ReadApiProblem)) return error instanceof Error ? error.message : String(error);
  const { problem, kind } = error;
  const fields = problem.problems?.map(({ path, message }) => `${path} ${message}`).join('; ');
  const said = [problem.detail ?? problem.title, fields].filter(Boolean).join(': ');
  if (kind === 'forbidden') return `${said} Sign in with another token to do this.`;
  if (kind === 'unavailable' || kind === 'not-yet' || kind === 'failed')
    return `${said} Try again in a moment.`;
  return said;
}

export function Failed({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle />} title={`Could not load ${what}`}>
      <Text size="sm">{explain(error)}</Text>
      {retry && (
        <Button mt="xs" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Renders data, or its loading or failed state. Loaded data stays visible if a later read fails. */
export function Loaded<T>({
  what,
  data,
  error,
  retry,
  children,
}: {
  what: string;
  data: T | undefined;
  error: unknown;
  retry?: () => void;
  children: (data: T) => ReactNode;
}) {
  if (data !== undefined)
    return (
      <Boundary what={what} of={data}>
        <Shown data={data}>{children}</Shown>
      </Boundary>
    );
  if (error) return <Failed error={error} what={what} {...(retry && { retry })} />;
  return <Loading what={what} />;
}

/** A component of its own, so that the boundary around it catches errors of `children`. */
function Shown<T>({ data, children }: { data: T; children: (data: T) => ReactNode }) {
  return <>{children(data)}</>;
}

/** The page for an address whose object does not exist, with possible reasons and a link. */
export function Missing({
  title,
  children,
  to,
  label,
}: {
  title: string;
  children: ReactNode;
  to: string;
  label: string;
}) {
  return (
    <Empty title={title}>
      {children}{' '}
      <Anchor component={Link} to={to} inherit>
        {label}
      </Anchor>
      .
    </Empty>
  );
}

export function NotFound() {
  return (
    <Page title="Page not found">
      <Missing title="This page does not exist" to="/" label="Go to the overview">
        Check the address for typos.
      </Missing>
    </Page>
  );
}
