export { JobRunner } from './jobs/job-runner';
export { GenerationSettings, ProjectorSettings } from './projector.settings';
export { runProjector } from './run-projector';
export { hasErasure, proveInLog, type LogProof } from './erasure/proof';
export { erasedInLog } from './erasure/restore';
