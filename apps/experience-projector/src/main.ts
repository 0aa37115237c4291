import { PortSetting } from '@app/platform';
import { projectorGroup } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class ExperienceProjectorSettings extends ProjectorSettings {
  @PortSetting('EXPERIENCE_PROJECTOR_PORT', 3003)
  port!: number;
}

runProjector(projectorGroup('experience-projector'), ExperienceProjectorSettings);
