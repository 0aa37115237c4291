import { any, earliest, instant, json, latest, readModel, text, uid, uuid } from '@app/engine';

export const SetAsideEvent = readModel(
  'set_aside_event',
  { topic: uid, eventId: uuid },
  {
    eventName: any(text),
    occurredAt: any(instant),
    receivedAt: earliest(instant),
    // The text as it was received where the payload, which Postgres has to hold as JSON, is not that.
    content: latest({ problems: json, payload: json, original: text }),
    replay: latest({ replayedAt: instant, acceptedId: uuid, replayedPosition: uid }),
  },
  {
    comment:
      'Accepted events that no read model takes: invalid (quarantine) or of an unknown kind (unrecognized); and which were accepted later, when they were replayed.',
    indexes: [['topic', 'received_at', 'event_id']],
  },
);
