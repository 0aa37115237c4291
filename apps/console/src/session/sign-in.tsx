import {
  Alert,
  Button,
  Center,
  Checkbox,
  Loader,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent } from 'react';

export interface SignInProps {
  /** Whether a stored token is being checked. */
  readonly checking: boolean;
  readonly reason: string | null;
  readonly retry: (() => void) | null;
  readonly signIn: (token: string, onThisDevice: boolean) => Promise<void>;
}

export function SignIn({ checking, reason, retry, signIn }: SignInProps) {
  const [token, setToken] = useState('');
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    document.title = 'Sign in · Jimo webhooks';
  }, []);
  if (checking) {
    return (
      <Center h="100vh" component="main">
        <h1 hidden>Jimo webhooks</h1>
        <Loader aria-label="Signing in" />
      </Center>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '') return setFailed('Enter a token.');
    setBusy(true);
    signIn(token.trim(), keep)
      .catch((error: unknown) => setFailed(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  const problem = failed ?? reason;
  return (
    <Center mih="100vh" component="main" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420} component="form" onSubmit={submit}>
        <Stack>
          <div>
            <Title order={1} size="h2">
              Jimo webhooks
            </Title>
            <Text c="dimmed" size="sm">
              User journeys, experiences and feedback.
            </Text>
          </div>
          {problem && (
            <Alert color="red" icon={<IconAlertCircle />} role="alert" title="Not signed in">
              {problem}
              {retry && (
                <Button mt="xs" size="xs" variant="default" onClick={retry}>
                  Try again
                </Button>
              )}
            </Alert>
          )}
          <PasswordInput
            label="Token"
            description="Your access token, one of READ_API_TOKENS. On your own machine after npm start: dev-admin-token."
            value={token}
            onChange={(event) => {
              setToken(event.currentTarget.value);
              setFailed(null);
            }}
            autoComplete="current-password"
            data-autofocus
            required
            withAsterisk={false}
          />
          <Checkbox
            label="Keep me signed in on this device"
            checked={keep}
            onChange={(event) => setKeep(event.currentTarget.checked)}
          />
          <Button type="submit" loading={busy}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
