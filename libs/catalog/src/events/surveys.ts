import { Answer, Step, Survey } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle, RANK, SEQUENCE } from './definition';

export class SurveyCreated extends TeamEvent {}
export class SurveyPublished extends TeamEvent {}
export class SurveyStatusChanged extends TeamEvent {}
export class SurveyDeleted extends TeamEvent {}
export class SurveyStarted extends JimerEvent {}
export class SurveyCompleted extends JimerEvent {
  @HasObject(() => Survey) readonly survey!: Survey;
}
export class SurveyStepAnswered extends JimerEvent {
  @HasObject(() => Step) readonly step!: Step;
  @HasObject(() => Survey) readonly survey!: Survey;
  @HasObject(() => Answer) readonly answer!: Answer;
}

export const SURVEYS = [
  lifecycle('survey.created', SurveyCreated, RANK.created),
  lifecycle('survey.published', SurveyPublished, RANK.published),
  lifecycle('survey.status-changed', SurveyStatusChanged, RANK.statusChanged),
  lifecycle('survey.deleted', SurveyDeleted, RANK.deleted),
  engagement('survey.started', SurveyStarted, SEQUENCE.started),
  engagement('survey.completed', SurveyCompleted, SEQUENCE.completed, 'survey'),
  engagement('survey.step.answered', SurveyStepAnswered, SEQUENCE.during, 'step', 'survey', 'answer'),
] as const;
