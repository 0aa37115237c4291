import { PortSetting } from '@app/platform';
import { projectorGroup } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class FeedbackProjectorSettings extends ProjectorSettings {
  @PortSetting('FEEDBACK_PROJECTOR_PORT', 3004)
  port!: number;
}

runProjector(projectorGroup('feedback-projector'), FeedbackProjectorSettings);
