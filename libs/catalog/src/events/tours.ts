import { Cta } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class TourCreated extends TeamEvent {}
export class TourPublished extends TeamEvent {}
export class TourStatusChanged extends TeamEvent {}
export class TourDeleted extends TeamEvent {}
export class TourStarted extends JimerEvent {}
export class TourCompleted extends JimerEvent {}
export class TourCtaClicked extends JimerEvent {
  @HasObject(() => Cta) readonly cta!: Cta;
}

export const TOURS = [
  lifecycle('tour.created', TourCreated, RANK.created),
  lifecycle('tour.published', TourPublished, RANK.published),
  lifecycle('tour.status-changed', TourStatusChanged, RANK.statusChanged),
  lifecycle('tour.deleted', TourDeleted, RANK.deleted),
  engagement('tour.started', TourStarted, SEQUENCE.started),
  engagement('tour.completed', TourCompleted, SEQUENCE.completed),
  engagement('tour.cta.clicked', TourCtaClicked, SEQUENCE.during, 'cta'),
] as const;
