import { eventIds, InvalidId, numberedIds } from './ids';

const UUID = 'A1B2C3D4-0000-4000-8000-000000000001';

describe('ids on the command line', () => {
  it('are taken as they are, each once', () => {
    expect(numberedIds(['1', '17', '1'], 'job')).toEqual(['1', '17']);
    expect(eventIds([UUID])).toEqual([UUID.toLowerCase()]);
  });

  it.each(['abc', '', '0', '-1', '1.5', '1e3', ' 1', '01', '9'.repeat(19), '٣', "1'; DROP TABLE x"])(
    'are refused before anything is done: %j',
    (id) => {
      expect(() => numberedIds(['1', id], 'dead letter')).toThrow(InvalidId);
      expect(() => eventIds([UUID, id])).toThrow('is not the id of an event');
    },
  );
});
