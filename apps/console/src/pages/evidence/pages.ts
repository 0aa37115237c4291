/** The pages that few visits need: one file of the build, which is fetched when one of them is opened. */
export { ExperienceWhy } from '../experiences/experience-why';
export { FigurePage } from '../experiences/figure-page';
export { FeedbackWhy } from '../feedback/feedback-why';
export { AnswerWhy, JimerWhy, JourneyWhy, TaskWhy } from '../jimers/jimer-why';
export { LogPage } from '../log/log-page';
