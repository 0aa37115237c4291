import type { StartSettings } from './start-settings';

/** The order of stopping: first intake, then processing, then reads. */
export type Stage = 'in' | 'process' | 'out';
export const STAGES: readonly Stage[] = ['in', 'process', 'out'];

export interface AppDescription {
  readonly name: string;
  readonly stage: Stage;
  readonly portSetting: string;
  readonly port: (settings: StartSettings) => number | undefined;
  readonly usualPort: number;
  /** Whether clients expect the usual port, so that a taken port is an error instead of a move. */
  readonly fixedPort: boolean;
  readonly needs: readonly (
    'kafka' | 'database' | 'webhook-tokens' | 'read-tokens' | 'health-token' | 'watch'
  )[];
}

const projector = (
  name: string,
  portSetting: string,
  port: AppDescription['port'],
  usualPort: number,
): AppDescription => ({
  ...{ name, portSetting, port, usualPort },
  stage: 'process',
  fixedPort: false,
  needs: ['kafka', 'database'],
});

/** The processes of the system, in the order in which they start. */
export const APPS: readonly AppDescription[] = [
  {
    name: 'gateway',
    stage: 'in',
    portSetting: 'GATEWAY_PORT',
    port: (settings) => settings.gatewayPort,
    usualPort: 3000,
    fixedPort: true,
    needs: ['kafka', 'webhook-tokens', 'health-token'],
  },
  projector('journey-projector', 'JOURNEY_PROJECTOR_PORT', (settings) => settings.journeyProjectorPort, 3002),
  projector(
    'experience-projector',
    'EXPERIENCE_PROJECTOR_PORT',
    (settings) => settings.experienceProjectorPort,
    3003,
  ),
  projector(
    'feedback-projector',
    'FEEDBACK_PROJECTOR_PORT',
    (settings) => settings.feedbackProjectorPort,
    3004,
  ),
  {
    name: 'read-api',
    stage: 'out',
    portSetting: 'READ_API_PORT',
    port: (settings) => settings.readApiPort,
    usualPort: 3001,
    fixedPort: true,
    needs: ['kafka', 'database', 'read-tokens', 'health-token', 'watch'],
  },
];
