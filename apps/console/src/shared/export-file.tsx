import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { below } from '../api/root';
import { useSession } from '../session/session';
import { counted } from './numbers';

const FORMATS = {
  // A byte order mark: without it, Excel reads the file as Windows-1252 and garbles accented characters.
  csv: { type: 'text/csv', begin: '\uFEFF', label: 'Export CSV' },
  ndjson: { type: 'application/x-ndjson', begin: '', label: 'Download' },
} as const;

/**
 * Exports a whole list with its filters. The token must go in a header, so the file is fetched here and then handed to the
 * browser; a truncated response produces no file.
 */
export function ExportFile({
  path,
  query = {},
  file,
  format = 'csv',
  label = FORMATS[format].label,
}: {
  path: `v1/${string}`;
  query?: Readonly<Record<string, string | undefined>>;
  /** The file name without its extension. */
  file: string;
  format?: keyof typeof FORMATS;
  label?: string;
}) {
  const { token } = useSession();
  const { type, begin } = FORMATS[format];
  const [busy, setBusy] = useState(false);
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      const filters = new URLSearchParams(
        Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])),
      );
      const response = await fetch(below(`${path}?${filters}`), {
        headers: { authorization: `Bearer ${token}`, accept: type },
      });
      if (!response.ok) throw new Error(await refusal(response));
      save(new Blob([begin, await response.blob()], { type }), `${file}.${format}`);
    } catch (error) {
      notifications.show({
        color: 'red',
        title: 'Export failed',
        message:
          error instanceof TypeError
            ? 'The read API does not answer. Try again in a moment.'
            : messageOf(error),
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} aria-hidden />}
      loading={busy}
      onClick={() => void download()}
    >
      {label}
    </Button>
  );
}

async function refusal(response: Response): Promise<string> {
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get('retry-after'));
    return `Too many exports are running. Try again in ${seconds > 0 ? counted(seconds, 'second') : 'a moment'}.`;
  }
  const problem = (await response.json().catch(() => null)) as { detail?: string; title?: string } | null;
  return problem?.detail ?? problem?.title ?? `The read API answered ${response.status}.`;
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(url);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
