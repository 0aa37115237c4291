import { earliest, greatest, instant, latest, readModel, text, uuid } from '@app/engine';
import { foldedStart } from '../shared/search';

export const Jimer = readModel(
  'jimer',
  'End users, as the newest event that carried each of them shows them.',
  {
    key: { jimerUid: uuid("Jimo's uid of the end user.").as('uid') },
    columns: {
      profile: latest({
        identifyToken: text(
          "The customer's own id of the user; null for anonymous, and for placeholders such as undefined or 0.",
        ),
        username: text('Name.'),
        email: text('E-mail address; null for placeholders.'),
        createdAt: instant('When Jimo first knew the user.'),
        lastActivityAt: instant("When the user was last active, as the newest event's snapshot says."),
      }),
      firstEventAt: earliest(instant('Time of the first event that carried the user.').required()),
      lastEventAt: greatest(instant('Time of the newest event that carried the user.').required()),
    },
    person: 'jimerUid',
    // Long text is never indexed whole: look-ups compare the first 200 characters, then the rest.
    indexes: [['left(identify_token, 200)'], [foldedStart('email')]],
  },
);
