import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';

/** Copies the page's address for a colleague, who opens it with their own token. */
export function CopyLink() {
  return (
    <CopyButton value={location.href} timeout={3_000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconLink size={16} aria-hidden />}
        >
          <span aria-live="polite">{copied ? 'Link copied' : 'Copy link'}</span>
        </Button>
      )}
    </CopyButton>
  );
}
