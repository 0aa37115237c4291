import { at, event, givenFor } from '@app/testing';
import { Experience, experiences, LifecycleEvent } from './experiences';

const given = givenFor(experiences);

const ANN = { uid: '00000000-0000-4000-8000-0000000000ca', email: 'ann@example.com', firstName: 'Ann' };

const BOB = { uid: '00000000-0000-4000-8000-0000000000cb', email: 'bob@example.com', firstName: 'Bob' };

const SAM = { uid: '00000000-0000-4000-8000-00000000005a', username: 'Sam' };

const DRAFT = {
  uid: '00000000-0000-4000-8000-0000000000a1',
  title: 'Welcome',
  type: 'TOUR',
  state: 'LIVE',
  isDraft: true,
};

const LIVE = { ...DRAFT, isDraft: false, publishedAt: '2025-02-21T10:00:00.000Z' };

const created = event('tour.created', at('09:00'), { experience: DRAFT, user: ANN });

const published = event('tour.published', at('10:00'), { experience: LIVE, user: BOB });

const deleted = event('tour.deleted', at('18:00'), { experience: LIVE, user: ANN });

describe('an experience', () => {
  it('is shown by the newest snapshot of it, with who of the team changed it last', () =>
    given(created, published).then(Experience, {
      experienceUid: DRAFT.uid,
      title: 'Welcome',
      type: 'TOUR',
      state: 'LIVE',
      isDraft: false,
      publishedAt: at('10:00'),
      firstPublishedAt: at('10:00'),
      changedByEmail: 'bob@example.com',
      deletedAt: null,
    }));

  it('is also shown by what jimers do with it, which changes nobody of the team', () =>
    given(published)
      .when(event('tour.started', at('11:00'), { experience: { ...LIVE, title: 'Hello' }, jimer: SAM }))
      .then(Experience, { title: 'Hello', changedByEmail: 'bob@example.com' })
      .and(LifecycleEvent, { kind: 'tour.published' }));

  it('keeps its tags when a delivery carries none', () =>
    given(
      event('tour.created', at('09:00'), {
        experience: { ...DRAFT, tags: [{ uid: 't', name: 'new' }] },
        user: ANN,
      }),
    )
      .when(published)
      .then(Experience, { isDraft: false, tags: '[{"uid":"t","name":"new"}]' }));

  it('that was deleted stays deleted, whatever arrives later', () =>
    given(created, published, deleted)
      .when(
        event('tour.status-changed', at('19:00'), { experience: { ...LIVE, state: 'PAUSED' }, user: BOB }),
      )
      .then(Experience, { state: 'PAUSED', deletedAt: at('18:00') }));

  it('has the type of its family where the snapshot has none', () =>
    given(event('post.published', at('10:00'), { post: { uid: DRAFT.uid, title: 'News' }, user: ANN })).then(
      Experience,
      { title: 'News', type: 'POST' },
    ));
});

describe('the life of an experience', () => {
  it('has a row per lifecycle event: who did it, and the state after it', () =>
    given(created, published, deleted, created).then(
      LifecycleEvent,
      { kind: 'tour.created', occurredAt: at('09:00'), isDraft: true, userEmail: 'ann@example.com' },
      { kind: 'tour.published', occurredAt: at('10:00'), isDraft: false, userEmail: 'bob@example.com' },
      { kind: 'tour.deleted', occurredAt: at('18:00'), isDraft: false, userEmail: 'ann@example.com' },
    ));

  it('is in the order of what can follow what, where times tie on the second', () =>
    given(event('tour.created', at('10:00'), { experience: DRAFT, user: ANN }), published)
      .then(Experience, { isDraft: false })
      .and(LifecycleEvent, { kind: 'tour.created', rank: 1 }, { kind: 'tour.published', rank: 2 }));
});
