import { Answer, Step, Survey } from '../objects';
import { HasObject } from '../rules';
import { JimerEvent, TeamEvent } from './bases';
import { engagement, lifecycle } from './definition';

export class SurveyCreated extends TeamEvent {}
export class SurveyPublished extends TeamEvent {}
export class SurveyStatusChanged extends TeamEvent {}
export class SurveyDeleted extends TeamEvent {}
export class SurveyStarted extends JimerEvent {}
export class SurveyCompleted extends JimerEvent {
  @HasObject(Survey) readonly survey!: Survey;
}
export class SurveyStepAnswered extends JimerEvent {
  @HasObject(Step) readonly step!: Step;
  @HasObject(Survey) readonly survey!: Survey;
  @HasObject(Answer) readonly answer!: Answer;
}

export const SURVEYS = [
  lifecycle('survey.created', SurveyCreated, 'creation'),
  lifecycle('survey.published', SurveyPublished, 'publication'),
  lifecycle('survey.status-changed', SurveyStatusChanged, 'status change'),
  lifecycle('survey.deleted', SurveyDeleted, 'deletion'),
  engagement('survey.started', SurveyStarted, 'start'),
  engagement('survey.completed', SurveyCompleted, 'completion'),
  engagement('survey.step.answered', SurveyStepAnswered, 'answer'),
] as const;
