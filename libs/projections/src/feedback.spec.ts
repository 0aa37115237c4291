import { backlogItemTriaged, type TriagedItem } from '@app/catalog';
import { at, event, givenFor } from '@app/testing';
import {
  feedback,
  FeedbackChange,
  FeedbackCounts,
  FeedbackItem,
  FeedbackTagCounts,
  UNTRIAGED,
} from './feedback';

const given = givenFor(feedback);

const SAM = { uid: '00000000-0000-4000-8000-00000000005a', username: 'Sam' };

const IDEAS = { uid: '00000000-0000-4000-8000-0000000000d1', name: 'Ideas' };

const DARK_MODE = { uid: 'dark-mode', title: 'Dark mode' };

const submitted = event('request.created', at('10:00'), { jimer: SAM, request: DARK_MODE, project: IDEAS });

/** A change that somebody of the team makes; `change` tells apart changes that make the same version. */
const triaged = (version: number, item: Partial<TriagedItem>, time: number, change = version) =>
  backlogItemTriaged({
    ...{ workspace: 'default', time, request: { uid: DARK_MODE.uid }, jimer: { uid: SAM.uid } },
    ...{ version, item: { ...UNTRIAGED, ...item }, changed: ['status'] },
    change: `00000000-0000-4000-8000-${String(change).padStart(12, '0')}`,
    ...{ by: 'feedback:write of default', actor: 'Ann' },
  });

describe('an item of the backlog', () => {
  it('is a request as it was submitted, in version 1', () =>
    given(submitted).then(FeedbackItem, {
      requestUid: 'dark-mode',
      jimerUid: SAM.uid,
      request: JSON.stringify(DARK_MODE),
      projectName: 'Ideas',
      createdAt: at('10:00'),
      ...{ version: 1, lane: 'new', status: 'new', tags: '[]', assignee: null },
    }));

  it('is as its greatest version left it, whatever the clocks say', () =>
    given(submitted)
      .when(
        triaged(3, { status: 'planned', assignee: 'Ann' }, at('11:00')),
        triaged(2, { status: 'declined', note: 'No.' }, at('12:00')),
      )
      .then(FeedbackItem, { version: 3, status: 'planned', assignee: 'Ann', note: null }));

  it('is one change whole where two made the same version: the later one', () =>
    given(
      submitted,
      triaged(2, { status: 'planned' }, at('11:00')),
      triaged(2, { assignee: 'Bob' }, at('11:01'), 9),
    ).then(FeedbackItem, { version: 2, status: 'new', assignee: 'Bob' }));

  it('is in the lane of the merged when it repeats another', () =>
    given(submitted, triaged(2, { status: 'planned', mergedInto: 'theme' }, at('11:00'))).then(FeedbackItem, {
      status: 'planned',
      lane: 'merged',
      mergedInto: 'theme',
    }));
});

describe('the history of an item', () => {
  it('has a row per version, with who made it', () =>
    given(
      submitted,
      triaged(2, { status: 'planned' }, at('11:00')),
      triaged(3, { status: 'done' }, at('12:00')),
    ).then(
      FeedbackChange,
      { version: 2, status: 'planned', actor: 'Ann' },
      { version: 3, status: 'done', actor: 'Ann' },
    ));
});

describe('the counts of the board', () => {
  it('move with an item, and count it for each of its tags', () =>
    given(submitted, triaged(2, { status: 'planned', tags: ['ui', 'wish'] }, at('11:00', 22)))
      .then(FeedbackCounts, { projectUid: IDEAS.uid, lane: 'planned', day: '2025-02-21', items: 1 })
      .and(
        FeedbackTagCounts,
        { lane: 'planned', tag: 'ui', items: 1 },
        { lane: 'planned', tag: 'wish', items: 1 },
      ));
});
