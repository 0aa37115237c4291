import { any, earliest, instant, json, latest, readModel, set, text, uid, union, uuid } from '@app/engine';

export const SetAsideEvent = readModel(
  'set_aside_event',
  'Accepted events that no read model takes: invalid (quarantine) or of an unknown kind (unrecognized); which were accepted later, when they were replayed, and which were given up.',
  {
    // An event that came again with other content may mention others: each such content goes with its own.
    key: {
      topic: uid('quarantine or unrecognized.'),
      eventId: uuid('The id that the gateway answered.').as('id'),
      mentioning: uid('Digest of mentions.'),
    },
    columns: {
      mentions: union(
        set('Every UUID in the event: it goes when one of them is that of an end user who is erased.'),
      ),
      eventName: any(text('Name of the event as it was sent.')),
      occurredAt: any(instant('The time that the event gives.')),
      receivedAt: earliest(instant('When it was accepted; null when only its replay is known.')),
      // The text as it was received where the payload, which Postgres has to hold as JSON, is not that.
      content: latest({
        problems: json('Why it is in quarantine: a list of { path, message }; empty for an unknown kind.'),
        payload: json('The whole event, as received.'),
        original: text('Its text, where payload could not hold that.'),
      }),
      replay: latest({
        replayedAt: instant('When a replay of it was accepted, the newest if there were several.'),
        acceptedId: uuid('The id under which it was accepted then.'),
        replayedPosition: uid('Where the accepted event stands in the log: topic/partition@offset.'),
      }),
      discard: latest({
        discardedAt: instant('When it was given up, the newest if that was told several times.'),
        discardReason: text('Why it was given up.'),
      }),
    },
    person: 'mentions',
    indexes: [['topic', 'received_at', 'event_id']],
  },
);
