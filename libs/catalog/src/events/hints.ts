import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class HintCreated extends TeamEvent {}
export class HintPublished extends TeamEvent {}
export class HintStatusChanged extends TeamEvent {}
export class HintDeleted extends TeamEvent {}
export class HintSeen extends JimerEvent {}

export const HINTS = [
  lifecycle('hint.created', HintCreated, 'creation'),
  lifecycle('hint.published', HintPublished, 'publication'),
  lifecycle('hint.status-changed', HintStatusChanged, 'status change'),
  lifecycle('hint.deleted', HintDeleted, 'deletion'),
  engagement('hint.seen', HintSeen, 'view'),
] as const;
