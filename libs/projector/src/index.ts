export { ProjectorSettings } from './projector.settings';
export { runProjector } from './run-projector';
