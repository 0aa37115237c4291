import { Comment, Cta } from '../objects';
import { HasObject } from '../rules';
import { PostJimerEvent, PostTeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class PostCreated extends PostTeamEvent {}
export class PostPublished extends PostTeamEvent {}
export class PostDeleted extends PostTeamEvent {}
export class PostLiked extends PostJimerEvent {}
export class PostCommented extends PostJimerEvent {
  @HasObject(() => Comment) readonly comment!: Comment;
}
export class PostCtaClicked extends PostJimerEvent {
  @HasObject(() => Cta) readonly cta!: Cta;
}

/** Changelog posts; they have no `status-changed`. */
export const POSTS = [
  lifecycle('post.created', PostCreated, RANK.created),
  lifecycle('post.published', PostPublished, RANK.published),
  lifecycle('post.deleted', PostDeleted, RANK.deleted),
  engagement('post.liked', PostLiked, SEQUENCE.during),
  engagement('post.commented', PostCommented, SEQUENCE.during, 'comment'),
  engagement('post.cta.clicked', PostCtaClicked, SEQUENCE.during, 'cta'),
] as const;
