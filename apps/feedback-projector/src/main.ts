import { PortSetting } from '@app/platform';
import { ERASING_PROJECTOR, PROJECTOR_GROUPS } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class FeedbackProjectorSettings extends ProjectorSettings {
  @PortSetting('FEEDBACK_PROJECTOR_PORT', 3004)
  port!: number;
}

const NAME = 'feedback-projector';
runProjector(NAME, FeedbackProjectorSettings, PROJECTOR_GROUPS[NAME], { erases: NAME === ERASING_PROJECTOR });
