import { createLogger } from '@app/platform';
import { ACTIVITY_LIMITS, FollowedActivity } from './followed-activity';

describe('the activity that is followed', () => {
  it('is given up when it cannot count what it reads', async () => {
    const followed = await FollowedActivity.open({
      log: {
        offsets: (_topics, ...at) =>
          Promise.resolve(at.map((_point, i) => [{ topic: 'one', partition: 0, offset: i === 0 ? 5 : 0 }])),
      },
      tail: { follow: () => Promise.reject(new Error('a fault')) },
      logger: createLogger('test', 'silent'),
      limits: ACTIVITY_LIMITS,
      clock: Date.now,
    });
    expect(await followed.level()).toBe('outdated');
    await followed.stop();
  });
});
