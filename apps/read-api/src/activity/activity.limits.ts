import { MOST_MINUTES } from './activity.dto';
import type { ActivityLimits } from './followed-activity';

/** What one process keeps and does for those who look at the activity, however many they are. */
export const ACTIVITY_LIMITS: ActivityLimits = {
  minutes: MOST_MINUTES,
  readBack: 500_000,
  cells: 200_000,
  patienceMs: 5_000,
  lingerMs: 60_000,
};
