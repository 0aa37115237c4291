import {
  asInteger,
  DatabaseSettings,
  KafkaSettings,
  Setting,
  SettingsOf,
  TopicSettings,
  TracedAppSettings,
} from '@app/platform';
import { IsIn, Max, Min } from 'class-validator';

const BUILDS = ['automatic', 'manual'] as const;

/** How generations come and go. */
export class GenerationSettings {
  /** Whether a raised version of a projection is built by itself, or only by `ops rebuild`. */
  @Setting('PROJECTION_BUILDS', {
    parse: (text) => text.toLowerCase() as (typeof BUILDS)[number],
    default: 'automatic',
  })
  @IsIn(BUILDS)
  builds!: (typeof BUILDS)[number];

  /** How long a generation that no longer serves is kept up to date, to go back to. */
  @Setting('PROJECTION_GRACE_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  graceHours!: number;

  /** How often every projection is verified; 0 is never. */
  @Setting('PROJECTION_VERIFY_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  verifyHours!: number;

  /** How often the log is looked through for what came late of jimers who were erased; 0 is never. */
  @Setting('ERASURE_SWEEP_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  sweepHours!: number;
}

/** What every projector app is configured by; the app adds its own HTTP port. */
export abstract class ProjectorSettings extends TracedAppSettings {
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;

  @SettingsOf(DatabaseSettings)
  database!: DatabaseSettings;

  @SettingsOf(GenerationSettings)
  generations!: GenerationSettings;

  /** Of health and metrics. */
  abstract readonly port: number;
}
