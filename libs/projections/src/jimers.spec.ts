import { jimerErased, TOPICS } from '@app/catalog';
import { at, event, givenFor } from '@app/testing';
import { Jimer, jimers } from './jimers';

const given = givenFor(jimers);

const SAM = {
  uid: '00000000-0000-4000-8000-00000000005a',
  identifyToken: 'u-17',
  username: 'Sam',
  email: 'sam@example.com',
};

const KIM = { uid: '00000000-0000-4000-8000-000000000071', username: 'Kim' };

const TOUR = { uid: '00000000-0000-4000-8000-0000000000a1', title: 'Welcome', type: 'TOUR' };

const starts = (jimer: typeof KIM, time: number) => event('tour.started', time, { jimer, experience: TOUR });

describe('the directory of jimers', () => {
  it('has a row for each jimer that any event carries', () =>
    given(
      starts(SAM, at('10:00')),
      starts(KIM, at('10:30')),
      event('request.created', at('11:00'), {
        jimer: KIM,
        request: { uid: 'r1' },
        project: { uid: TOUR.uid },
      }),
    ).then(
      Jimer,
      { jimerUid: SAM.uid, username: 'Sam', firstEventAt: at('10:00'), lastEventAt: at('10:00') },
      { jimerUid: KIM.uid, username: 'Kim', firstEventAt: at('10:30'), lastEventAt: at('11:00') },
    ));

  it('shows a jimer as the newest event does, whenever that event arrives', () =>
    given(starts({ ...SAM, username: 'Samantha' }, at('12:00')))
      .when(starts(SAM, at('10:00')))
      .then(Jimer, { identifyToken: 'u-17', username: 'Samantha', firstEventAt: at('10:00') }));

  it('takes an identify token that many visitors share for none', () =>
    given(starts({ ...KIM, ...{ identifyToken: 'undefined', email: 'null' } }, at('10:00'))).then(Jimer, {
      jimerUid: KIM.uid,
      identifyToken: null,
      email: null,
    }));

  it('loses a jimer who is erased, whatever arrives later', () =>
    given(starts(SAM, at('10:00')), starts(KIM, at('10:00')))
      .when(
        jimerErased({
          ...{ workspace: 'default', time: at('11:00'), topic: TOPICS.engagement },
          ...{ jimer: { uid: SAM.uid }, by: 'a test' },
        }),
        starts(SAM, at('12:00')),
      )
      .then(Jimer, { jimerUid: KIM.uid }));
});
