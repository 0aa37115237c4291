import { PortSetting } from '@app/platform';
import { PROJECTOR_GROUPS } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class FeedbackProjectorSettings extends ProjectorSettings {
  @PortSetting('FEEDBACK_PROJECTOR_PORT', 3004)
  port!: number;
}

runProjector('feedback-projector', FeedbackProjectorSettings, PROJECTOR_GROUPS['feedback-projector']);
