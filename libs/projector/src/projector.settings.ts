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

/** When generations are built, kept and verified. */
export class GenerationSettings {
  /** Whether a raised version of a projection is built automatically, or only by `ops rebuild`. */
  @Setting('PROJECTION_BUILDS', {
    parse: (text) => text.toLowerCase() as (typeof BUILDS)[number],
    default: 'automatic',
  })
  @IsIn(BUILDS)
  builds!: (typeof BUILDS)[number];

  /** How long the previous generation is kept up to date for a rollback. */
  @Setting('PROJECTION_GRACE_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  graceHours!: number;

  /** How often every projection is verified; 0 means never. */
  @Setting('PROJECTION_VERIFY_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  verifyHours!: number;

  /** How often the log is searched for late events of erased jimers; 0 means never. */
  @Setting('ERASURE_SWEEP_HOURS', { parse: asInteger, default: 24 })
  @Min(0)
  @Max(8_760)
  sweepHours!: number;
}

/** The settings of every projector app; the app adds its own HTTP port. */
export abstract class ProjectorSettings extends TracedAppSettings {
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;

  @SettingsOf(DatabaseSettings)
  database!: DatabaseSettings;

  @SettingsOf(GenerationSettings)
  generations!: GenerationSettings;

  /** The port of health and metrics. */
  abstract readonly port: number;
}
