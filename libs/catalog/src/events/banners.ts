import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class BannerCreated extends TeamEvent {}
export class BannerPublished extends TeamEvent {}
export class BannerStatusChanged extends TeamEvent {}
export class BannerDeleted extends TeamEvent {}
export class BannerSeen extends JimerEvent {}

export const BANNERS = [
  lifecycle('banner.created', BannerCreated, RANK.created),
  lifecycle('banner.published', BannerPublished, RANK.published),
  lifecycle('banner.status-changed', BannerStatusChanged, RANK.statusChanged),
  lifecycle('banner.deleted', BannerDeleted, RANK.deleted),
  engagement('banner.seen', BannerSeen, SEQUENCE.seen),
] as const;
