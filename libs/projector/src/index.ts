export { isJobHelper, runJobHelper } from './jobs/helper';
export { JobDesk } from './jobs/job-desk';
export { GenerationSettings, ProjectorSettings } from './projector.settings';
export { runProjector } from './run-projector';
