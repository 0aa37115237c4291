import { PortSetting } from '@app/platform';
import { projectorGroup } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class JourneyProjectorSettings extends ProjectorSettings {
  @PortSetting('JOURNEY_PROJECTOR_PORT', 3002)
  port!: number;
}

runProjector(projectorGroup('journey-projector'), JourneyProjectorSettings);
