import { PortSetting } from '@app/platform';
import { PROJECTOR_GROUPS } from '@app/projections';
import { ProjectorSettings, runProjector } from '@app/projector';

class JourneyProjectorSettings extends ProjectorSettings {
  @PortSetting('JOURNEY_PROJECTOR_PORT', 3002)
  port!: number;
}

runProjector('journey-projector', JourneyProjectorSettings, PROJECTOR_GROUPS['journey-projector']);
