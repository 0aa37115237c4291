import { Comment, Cta } from '../objects';
import { HasObject } from '../rules';
import { PostJimerEvent, PostTeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class PostCreated extends PostTeamEvent {}
export class PostPublished extends PostTeamEvent {}
export class PostDeleted extends PostTeamEvent {}
export class PostLiked extends PostJimerEvent {}
export class PostCommented extends PostJimerEvent {
  @HasObject(Comment) readonly comment!: Comment;
}
export class PostCtaClicked extends PostJimerEvent {
  @HasObject(Cta) readonly cta!: Cta;
}

/** Changelog posts; they have no `status-changed`. */
export const POSTS = [
  lifecycle('post.created', PostCreated, 'creation'),
  lifecycle('post.published', PostPublished, 'publication'),
  lifecycle('post.deleted', PostDeleted, 'deletion'),
  engagement('post.liked', PostLiked, 'like'),
  engagement('post.commented', PostCommented, 'comment'),
  engagement('post.cta.clicked', PostCtaClicked, 'click'),
] as const;
