import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '../session/session';

/**
 * Saves a whole list of the API as CSV.
 *
 * @param path of the list with its filters, as `/v1/jimers?q=sam`
 * @param name of the file, without its ending
 */
export function ExportButton({ path, name }: { path: string; name: string }) {
  const { token } = useSession();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const response = await fetch(path, {
        headers: { authorization: `Bearer ${token}`, accept: 'text/csv' },
      });
      if (!response.ok) throw new Error(`The read API answered ${response.status}.`);
      // Throws where the body breaks off before its end: half a file is not saved.
      const url = URL.createObjectURL(await response.blob());
      const link = document.createElement('a');
      link.href = url;
      link.download = `${name}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (error) {
      notifications.show({
        color: 'red',
        title: 'Nothing was saved',
        message: `${error instanceof Error ? error.message : String(error)} Try again.`,
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={busy}
      onClick={() => void save()}
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      Save as CSV
    </Button>
  );
}
