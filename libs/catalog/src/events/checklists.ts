import { Task } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class ChecklistCreated extends TeamEvent {}
export class ChecklistPublished extends TeamEvent {}
export class ChecklistStatusChanged extends TeamEvent {}
export class ChecklistDeleted extends TeamEvent {}
export class ChecklistStarted extends JimerEvent {}
export class ChecklistCompleted extends JimerEvent {}
export class ChecklistDismissed extends JimerEvent {}
class TaskEvent extends JimerEvent {
  @HasObject(() => Task) readonly task!: Task;
}
export class ChecklistTaskCompleted extends TaskEvent {}
export class ChecklistTaskSkipped extends TaskEvent {}

export const CHECKLISTS = [
  lifecycle('checklist.created', ChecklistCreated, RANK.created),
  lifecycle('checklist.published', ChecklistPublished, RANK.published),
  lifecycle('checklist.status-changed', ChecklistStatusChanged, RANK.statusChanged),
  lifecycle('checklist.deleted', ChecklistDeleted, RANK.deleted),
  engagement('checklist.started', ChecklistStarted, SEQUENCE.started),
  engagement('checklist.completed', ChecklistCompleted, SEQUENCE.completed),
  engagement('checklist.dismissed', ChecklistDismissed, SEQUENCE.dismissed),
  engagement('checklist.task.completed', ChecklistTaskCompleted, SEQUENCE.during, 'task'),
  engagement('checklist.task.skipped', ChecklistTaskSkipped, SEQUENCE.skipped, 'task'),
] as const;
