import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';

/** The address of this page, for a colleague: they see it with a token of their own. */
export function CopyLink() {
  return (
    <CopyButton value={location.href} timeout={3_000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconLink size={16} aria-hidden />}
        >
          <span aria-live="polite">{copied ? 'Link copied' : 'Copy the link'}</span>
        </Button>
      )}
    </CopyButton>
  );
}
