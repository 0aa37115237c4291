import { IsInt } from 'class-validator';
import { Experience, Jimer, type Unchecked, User } from '../objects';
import { type Condition, HasObject, isJsonObject, IsUid, OnlyIf } from '../rules';

/** What every event has. */
export class JimoEvent {
  @IsUid() readonly event!: string;
  /** Version of the vendor's webhook API. */
  readonly version?: Unchecked<string>;
  /** Epoch milliseconds: the gateway rewrites the other forms. */
  @IsInt() readonly time!: number;
}

/** A member of the team did something to an experience. */
export class TeamEvent extends JimoEvent {
  @HasObject(() => Experience) readonly experience!: Experience;
  @HasObject(() => User) readonly user!: User;
}

/** A jimer did something with an experience. */
export class JimerEvent extends JimoEvent {
  @HasObject(() => Experience) readonly experience!: Experience;
  @HasObject(() => Jimer) readonly jimer!: Jimer;
}

/**
 * The member that plays the part of the experience: the documentation gives most events of posts as `post`
 * and `post.cta.clicked` as `experience`, so for posts either will do.
 */
export function experienceMember(payload: object): 'experience' | 'post' | undefined {
  const { experience, post } = payload as { experience?: unknown; post?: unknown };
  if (isJsonObject(experience)) return 'experience';
  return isJsonObject(post) ? 'post' : undefined;
}

const BY_EXPERIENCE = { required: ['experience'], properties: { experience: { type: 'object' } } };
const byExperience: Condition = {
  holds: (event) => experienceMember(event) === 'experience',
  schema: BY_EXPERIENCE,
};
const byPost: Condition = {
  holds: (event) => experienceMember(event) !== 'experience',
  schema: { not: BY_EXPERIENCE },
};

class PostEvent extends JimoEvent {
  @OnlyIf(byPost)
  @HasObject(() => Experience)
  readonly post?: Experience;

  @OnlyIf(byExperience)
  @HasObject(() => Experience)
  readonly experience?: Experience;
}

/** A member of the team did something to a changelog post. */
export class PostTeamEvent extends PostEvent {
  @HasObject(() => User) readonly user!: User;
}

/** A jimer did something with a changelog post. */
export class PostJimerEvent extends PostEvent {
  @HasObject(() => Jimer) readonly jimer!: Jimer;
}
