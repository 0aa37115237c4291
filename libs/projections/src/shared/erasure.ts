import { JIMER_ERASED, readJimerErased, type CatalogEvent } from '@app/catalog';
import { contribute, earliest, instant, readModel, uuid, type Contribution } from '@app/engine';

/**
 * Who is erased, as a projection knows it: each finds out for itself, in each partition that it reads.
 *
 * @param projection its name in snake_case
 */
export function erasedTable(projection: string) {
  return readModel(
    `${projection}_erased`,
    { jimerUid: uuid },
    { erasedAt: earliest(instant) },
    {
      comment:
        'End users who were erased: the tables beside this one hold nothing of theirs, whatever arrives later.',
      columns: { jimerUid: 'The end user.', erasedAt: 'When it was asked for, the first time.' },
      // What is left of a person: that there is nothing.
      person: null,
    },
  );
}

/** The handler that fills it. */
export function erasing(
  table: ReturnType<typeof erasedTable>,
): Readonly<Record<typeof JIMER_ERASED, (event: CatalogEvent) => readonly Contribution[]>> {
  return {
    // A webhook may send any name.
    [JIMER_ERASED]: (event) => (event.origin === 'own' ? [erasure(table, event)] : []),
  };
}

export function erasure(table: ReturnType<typeof erasedTable>, event: CatalogEvent): Contribution {
  return contribute(table, event, { jimerUid: readJimerErased(event).jimer.uid, erasedAt: event.time });
}
