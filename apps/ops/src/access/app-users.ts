import { InvalidSetting, Setting, type SettingParser } from '@app/platform';
import { DATABASE_APPS, KAFKA_APPS, type ServerUser } from './apps';

/** A user of a server, with the app whose rights it gets. */
export interface AppUser {
  readonly app: ServerUser;
  readonly username: string;
  /** Null if the user exists and logs in by other means. */
  readonly password: string | null;
}

/** Characters that need no escaping in a URL or a list. */
const USERNAME = /^[A-Za-z0-9_.-]{1,63}$/;
const PASSWORD = /^[!-~]{8,200}$/;

const usersOf =
  (apps: readonly ServerUser[]): SettingParser<readonly AppUser[]> =>
  (text) =>
    text.split(',').map((entry, index) => {
      const [, name, username, password] = /^\s*([^:]*):([^:]*)(?::(.*?))?\s*$/.exec(entry) ?? [];
      const app = apps.find((each) => each === name);
      const where = `entry ${index + 1}`;
      if (app === undefined)
        throw new InvalidSetting(`${where} must be app:user:password, with an app of ${apps.join(', ')}`);
      if (!USERNAME.test(username!))
        throw new InvalidSetting(
          `${where} has a user of other characters than letters, digits, ".", "_", "-"`,
        );
      if (password !== undefined && !PASSWORD.test(password))
        throw new InvalidSetting(`${where} has a password that is not 8 to 200 printable ASCII characters`);
      return { app, username: username!, password: password ?? null };
    });

export class AppUsersSettings {
  /** `app:user[:password]`; a user without a password gets only its rights. */
  @Setting('KAFKA_APP_USERS', { parse: usersOf(KAFKA_APPS), default: [] })
  kafka!: readonly AppUser[];

  @Setting('DATABASE_APP_USERS', { parse: usersOf(DATABASE_APPS), default: [] })
  database!: readonly AppUser[];
}
