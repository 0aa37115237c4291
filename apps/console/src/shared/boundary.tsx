import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

interface Props {
  /** The part of the page, for "Could not show the timeline". */
  readonly what: string;
  /** A new value (other data, another page) resets the error. */
  readonly of?: unknown;
  readonly children: ReactNode;
}

/** Confines an error to a part of the page; the rest keeps working. */
export class Boundary extends Component<Props, { readonly error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.error !== null && before.of !== this.props.of) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error }: { error: Error | null } = this.state;
    if (error === null) return this.props.children;
    return (
      <Alert
        color="red"
        role="alert"
        icon={<IconAlertTriangle />}
        title={`Could not show ${this.props.what}`}
      >
        <Text size="sm">
          This is a bug in the console; the rest of the page works. Please report it with this message:{' '}
          {(error as Error).message}
        </Text>
        <Button mt="xs" size="xs" variant="default" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </Alert>
    );
  }
}
