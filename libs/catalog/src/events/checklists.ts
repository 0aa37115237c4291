import { Task } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class ChecklistCreated extends TeamEvent {}
export class ChecklistPublished extends TeamEvent {}
export class ChecklistStatusChanged extends TeamEvent {}
export class ChecklistDeleted extends TeamEvent {}
export class ChecklistStarted extends JimerEvent {}
export class ChecklistCompleted extends JimerEvent {}
export class ChecklistDismissed extends JimerEvent {}
class TaskEvent extends JimerEvent {
  @HasObject(Task) readonly task!: Task;
}
export class ChecklistTaskCompleted extends TaskEvent {}
export class ChecklistTaskSkipped extends TaskEvent {}

export const CHECKLISTS = [
  lifecycle('checklist.created', ChecklistCreated, 'creation'),
  lifecycle('checklist.published', ChecklistPublished, 'publication'),
  lifecycle('checklist.status-changed', ChecklistStatusChanged, 'status change'),
  lifecycle('checklist.deleted', ChecklistDeleted, 'deletion'),
  engagement('checklist.started', ChecklistStarted, 'start'),
  engagement('checklist.completed', ChecklistCompleted, 'completion'),
  engagement('checklist.dismissed', ChecklistDismissed, 'dismissal'),
  engagement('checklist.task.completed', ChecklistTaskCompleted, 'task completion'),
  engagement('checklist.task.skipped', ChecklistTaskSkipped, 'task skip'),
] as const;
