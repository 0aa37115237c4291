import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

interface Props {
  /** The part of the page, as in "Could not show the timeline". */
  readonly what: string;
  /** Another value is another try: other data, another page. */
  readonly of?: unknown;
  readonly children: ReactNode;
}

/** A part of a page whose fault stays within it: the rest of the page is shown and works. */
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
          This is a fault of the console. Everything around it works. Please report it with this text:{' '}
          {(error as Error).message}
        </Text>
        <Button mt="xs" size="xs" variant="default" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </Alert>
    );
  }
}
