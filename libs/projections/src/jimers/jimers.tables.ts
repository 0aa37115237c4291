import { earliest, greatest, instant, latest, readModel, text, uuid } from '@app/engine';
import { foldedStart } from '../shared/search';

export const Jimer = readModel(
  'jimer',
  { jimerUid: uuid },
  {
    profile: latest({
      identifyToken: text,
      username: text,
      email: text,
      createdAt: instant,
      lastActivityAt: instant,
    }),
    firstEventAt: earliest(instant),
    lastEventAt: greatest(instant),
  },
  {
    person: 'jimerUid',
    comment: 'End users, as the newest event that carried each of them shows them.',
    columns: {
      jimerUid: "Jimo's uid of the end user.",
      identifyToken:
        "The customer's own id of the user; null for anonymous, and for placeholders such as undefined or 0.",
      username: 'Name.',
      email: 'E-mail address; null for placeholders.',
      createdAt: 'When Jimo first knew the user.',
      lastActivityAt: "When the user was last active, as the newest event's snapshot says.",
      firstEventAt: 'Time of the first event that carried the user.',
      lastEventAt: 'Time of the newest event that carried the user.',
    },
    // Long text is never indexed whole: look-ups compare the first 200 characters, then the rest.
    indexes: [['left(identify_token, 200)'], [foldedStart('email')]],
  },
);
