import { any, earliest, instant, json, latest, readModel, set, text, uid, union, uuid } from '@app/engine';

export const SetAsideEvent = readModel(
  'set_aside_event',
  // An event that came again with other content may mention others: each such content goes with its own.
  { topic: uid, eventId: uuid, mentioning: uid },
  {
    mentions: union(set),
    eventName: any(text),
    occurredAt: any(instant),
    receivedAt: earliest(instant),
    // The text as it was received where the payload, which Postgres has to hold as JSON, is not that.
    content: latest({ problems: json, payload: json, original: text }),
    replay: latest({ replayedAt: instant, acceptedId: uuid, replayedPosition: uid }),
    discard: latest({ discardedAt: instant, discardReason: text }),
  },
  {
    person: 'mentions',
    comment:
      'Accepted events that no read model takes: invalid (quarantine) or of an unknown kind (unrecognized); which were accepted later, when they were replayed, and which were given up.',
    columns: {
      topic: 'quarantine or unrecognized.',
      eventId: 'The id that the gateway answered.',
      mentioning: 'Digest of mentions.',
      mentions: 'Every UUID in the event: it goes when one of them is that of an end user who is erased.',
      eventName: 'Name of the event as it was sent.',
      occurredAt: 'The time that the event gives.',
      receivedAt: 'When it was accepted; null when only its replay is known.',
      problems: 'Why it is in quarantine: a list of { path, message }; empty for an unknown kind.',
      payload: 'The whole event, as received.',
      original: 'Its text, where payload could not hold that.',
      replayedAt: 'When a replay of it was accepted, the newest if there were several.',
      acceptedId: 'The id under which it was accepted then.',
      replayedPosition: 'Where the accepted event stands in the log: topic/partition@offset.',
      discardedAt: 'When it was given up, the newest if that was told several times.',
      discardReason: 'Why it was given up.',
    },
    indexes: [['topic', 'received_at', 'event_id']],
  },
);
