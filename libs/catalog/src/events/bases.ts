import { IsInt } from 'class-validator';
import { Doc, Usually } from '../class-metadata';
import { Experience, Jimer, User } from '../objects';
import { type Condition, HasObject, isJsonObject, IsUid, OnlyIf } from '../rules';

@Doc('What every event has.')
export class JimoEvent {
  @IsUid() readonly event!: string;
  @Doc("Version of the vendor's webhook API.") @Usually({ type: 'string' }) readonly version?: unknown;
  /** Epoch milliseconds: the gateway rewrites the other forms. */
  @IsInt() readonly time!: number;
}

@Doc('A member of the team did something to an experience.')
export class TeamEvent extends JimoEvent {
  @HasObject(Experience) readonly experience!: Experience;
  @HasObject(User) readonly user!: User;
}

@Doc('A jimer did something with an experience.')
export class JimerEvent extends JimoEvent {
  @HasObject(Experience) readonly experience!: Experience;
  @HasObject(Jimer) readonly jimer!: Jimer;
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
  @HasObject(Experience)
  readonly post?: Experience;

  @OnlyIf(byExperience)
  @HasObject(Experience)
  readonly experience?: Experience;
}

@Doc('A member of the team did something to a changelog post.')
export class PostTeamEvent extends PostEvent {
  @HasObject(User) readonly user!: User;
}

@Doc('A jimer did something with a changelog post.')
export class PostJimerEvent extends PostEvent {
  @HasObject(Jimer) readonly jimer!: Jimer;
}
