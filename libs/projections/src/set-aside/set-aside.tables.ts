import { any, earliest, instant, json, latest, readModel, text, uid, uuid } from '@app/engine';

export const SetAsideEvent = readModel(
  'set_aside_event',
  { topic: uid, eventId: uuid },
  {
    eventName: any(text),
    occurredAt: any(instant),
    receivedAt: earliest(instant),
    content: latest({ problems: json, payload: json }),
  },
  {
    comment:
      'Accepted events that no read model takes: invalid (quarantine) or of an unknown kind (unrecognized).',
    indexes: [['topic', 'received_at', 'event_id']],
  },
);
