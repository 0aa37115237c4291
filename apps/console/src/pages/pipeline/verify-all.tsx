import { answered } from '@app/client';
import { Button } from '@mantine/core';
import { useSession } from '../../session/session';
import { isUnderWay, type Projection } from '../../shared/projections';
import { useAction } from './use-action';

/** Starts a verification of every projection that is not being verified already. */
export function VerifyAll({ projections }: { projections: readonly Projection[] }) {
  const { api, can, access } = useSession();
  const idle = projections.filter(({ verification }) => !isUnderWay(verification));
  const verify = useAction(async () => {
    for (const { name } of idle)
      await answered(api.POST('v1/projections/{name}/verify', { params: { path: { name } } }));
  }, 'Verification started.');
  if (!can('admin') || access.workspace !== null) return null;
  return (
    <Button
      size="xs"
      variant="default"
      loading={verify.isPending}
      disabled={idle.length === 0}
      onClick={() => verify.mutate()}
    >
      Verify all
    </Button>
  );
}
