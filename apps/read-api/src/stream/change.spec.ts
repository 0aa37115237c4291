import { acceptEvent } from '@app/catalog';
import { changeOf } from './change';

const TIME = Date.UTC(2025, 1, 21);

describe('a change', () => {
  it('names a request as the backlog does, whose text holds neither U+0000 nor half a character', () => {
    const text = `{"event":"request.created","time":${TIME},"request":{"uid":"a\\u0000b\\ud800"},
      "jimer":{"uid":"17DFF65E-434D-4454-BB57-A1167FEFBB6B"},
      "project":{"uid":"44444444-0000-4000-8000-000000000001"}}`;
    const accepted = acceptEvent({ workspace: 'default', text, now: TIME });
    if (accepted.outcome !== 'accepted') throw new Error(JSON.stringify(accepted));
    const { topic, value, headers } = accepted;
    const record = {
      ...{ offset: 3, key: null, value, timestamp: TIME },
      headers: { text: (name: string) => headers[name] },
    };
    expect(changeOf(topic, 1, 0, record)).toMatchObject({
      requestUid: 'a\ufffdb\ufffd',
      jimerUid: '17dff65e-434d-4454-bb57-a1167fefbb6b',
      position: `${topic}/1@3`,
    });
  });
});
