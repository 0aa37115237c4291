import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class HintCreated extends TeamEvent {}
export class HintPublished extends TeamEvent {}
export class HintStatusChanged extends TeamEvent {}
export class HintDeleted extends TeamEvent {}
export class HintSeen extends JimerEvent {}

export const HINTS = [
  lifecycle('hint.created', HintCreated, RANK.created),
  lifecycle('hint.published', HintPublished, RANK.published),
  lifecycle('hint.status-changed', HintStatusChanged, RANK.statusChanged),
  lifecycle('hint.deleted', HintDeleted, RANK.deleted),
  engagement('hint.seen', HintSeen, SEQUENCE.seen),
] as const;
