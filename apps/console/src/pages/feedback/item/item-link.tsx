import { Anchor } from '@mantine/core';
import { Link, type To } from 'react-router';
import { useItem } from '../queries';
import { titleOf } from '../../../shared/request-text';

export type LinkOf = (item: { readonly uid: string; readonly workspace: string }) => To;

/** A link to another item, with its title. */
export function ItemLink({ uid, workspace, linkOf }: { uid: string; workspace: string; linkOf: LinkOf }) {
  const { data } = useItem({ uid, workspace });
  return (
    <Anchor component={Link} to={linkOf({ uid, workspace })} size="sm" style={{ overflowWrap: 'anywhere' }}>
      {data ? titleOf(data) : uid}
    </Anchor>
  );
}
