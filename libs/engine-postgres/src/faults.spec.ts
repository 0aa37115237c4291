import { isRefusedForGood } from './faults';

describe('a fault of the database', () => {
  it.each([
    ['22P02', 'a text that is no number'],
    ['22003', 'a number that is too large'],
    ['23505', 'a key that exists'],
    ['42P01', 'a table that is missing'],
    ['42501', 'a right that is missing'],
    ['0A000', 'what this version cannot do'],
    ['54000', 'a row that is too large'],
    ['XX001', 'a page that is damaged'],
  ])('%s is the same at another try: %s', (code, what) => {
    expect(isRefusedForGood(Object.assign(new Error(what), { code }))).toBe(true);
  });

  it.each([
    ['08006', 'the connection broke'],
    ['25006', 'the server takes no writes now'],
    ['28P01', 'the password is being changed'],
    ['3D000', 'the database is being restored'],
    ['40P01', 'a deadlock'],
    ['53100', 'the disk is full'],
    ['53300', 'there are too many connections'],
    ['55P03', 'somebody holds a lock'],
    ['57014', 'the statement took too long'],
    ['57P01', 'the server shuts down'],
    ['58030', 'the server could not read its files'],
    ['ECONNREFUSED', 'no server listens'],
    ['EPIPE', 'the server hung up'],
    [undefined, 'the server says nothing'],
  ])('%s may have passed at another try: %s', (code, what) => {
    expect(isRefusedForGood(Object.assign(new Error(what), { code }))).toBe(false);
  });
});
