import { Cta } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class TourCreated extends TeamEvent {}
export class TourPublished extends TeamEvent {}
export class TourStatusChanged extends TeamEvent {}
export class TourDeleted extends TeamEvent {}
export class TourStarted extends JimerEvent {}
export class TourCompleted extends JimerEvent {}
export class TourCtaClicked extends JimerEvent {
  @HasObject(Cta) readonly cta!: Cta;
}

export const TOURS = [
  lifecycle('tour.created', TourCreated, 'creation'),
  lifecycle('tour.published', TourPublished, 'publication'),
  lifecycle('tour.status-changed', TourStatusChanged, 'status change'),
  lifecycle('tour.deleted', TourDeleted, 'deletion'),
  engagement('tour.started', TourStarted, 'start'),
  engagement('tour.completed', TourCompleted, 'completion'),
  engagement('tour.cta.clicked', TourCtaClicked, 'click'),
] as const;
