import { PortSetting } from '@app/platform';
import { PROJECTOR_GROUPS } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class ExperienceProjectorSettings extends ProjectorSettings {
  @PortSetting('EXPERIENCE_PROJECTOR_PORT', 3003)
  port!: number;
}

runProjector('experience-projector', ExperienceProjectorSettings, PROJECTOR_GROUPS['experience-projector']);
