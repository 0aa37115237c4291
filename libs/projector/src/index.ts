export { isJobHelper, runJobHelper } from './jobs/helper';
export { JobDesk } from './jobs/job-desk';
export { GenerationSettings, ProjectorSettings } from './projector.settings';
export { runProjector } from './run-projector';
export { isTold, proveInLog, type LogProof } from './erasure/proof';
export { erasedInLog } from './erasure/restore';
