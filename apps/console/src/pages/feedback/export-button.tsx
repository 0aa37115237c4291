import { answered } from '@app/client';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import { useSession } from '../../session/session';
import { explain } from '../../shared/states';
import { asQuery, type Filters } from './filters';
import { tell } from './tell';

/** All that the filters let through, as the API exports it. The token goes in a header, so no plain link will do. */
export function ExportButton({ filters }: { filters: Filters }) {
  const { api } = useSession();
  const download = useMutation({
    mutationFn: () =>
      answered<Blob>(
        api.GET('/v1/feedback', {
          params: { query: asQuery(filters) },
          headers: { accept: 'text/csv' },
          parseAs: 'blob',
        }),
      ),
    onSuccess: (file) => {
      const url = URL.createObjectURL(file);
      const link = document.createElement('a');
      link.href = url;
      link.download = `feedback-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      URL.revokeObjectURL(url);
    },
    onError: (error) => tell({ about: 'export', title: 'Not exported', text: explain(error) }),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      Export CSV
    </Button>
  );
}
