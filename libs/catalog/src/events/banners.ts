import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class BannerCreated extends TeamEvent {}
export class BannerPublished extends TeamEvent {}
export class BannerStatusChanged extends TeamEvent {}
export class BannerDeleted extends TeamEvent {}
export class BannerSeen extends JimerEvent {}

export const BANNERS = [
  lifecycle('banner.created', BannerCreated, 'creation'),
  lifecycle('banner.published', BannerPublished, 'publication'),
  lifecycle('banner.status-changed', BannerStatusChanged, 'status change'),
  lifecycle('banner.deleted', BannerDeleted, 'deletion'),
  engagement('banner.seen', BannerSeen, 'view'),
] as const;
