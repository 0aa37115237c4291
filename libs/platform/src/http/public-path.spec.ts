import { asPublicPath, rootFrom, withoutPublicPath } from './public-path';

describe('the root, seen from a request', () => {
  it.each([
    ['/', './'],
    ['/jimers', './'],
    ['/jimers?back=/a/b', './'],
    ['/jimers/', '../'],
    ['/jimers/x', '../'],
    ['/pipeline/quarantine/', '../../'],
    ['/v1/dead-letters/5/replay', '../../../'],
  ])('of %s is %s', (url, expected) => {
    expect(rootFrom(url)).toBe(expected);
    const below = new URL(url, 'https://tools.example');
    below.pathname = `/jimo${below.pathname}`;
    expect(new URL(expected, below).pathname).toBe('/jimo/');
  });
});

describe('PUBLIC_PATH', () => {
  it.each([
    ['/jimo', '/jimo'],
    ['/jimo/', '/jimo'],
    ['/tools/jimo-1.0', '/tools/jimo-1.0'],
    ['/', ''],
  ])('%s is taken', (text, path) => expect(asPublicPath(text)).toBe(path));

  it.each(['jimo', '//evil.example', '/a//b', '/a b', '/a/../b', '/a?b', 'https://x/y', '/"'])(
    '%s is refused',
    (text) => expect(() => asPublicPath(text)).toThrow('must be a path'),
  );

  it.each([
    ['/jimo/v1/jimers?q=x', '/v1/jimers?q=x'],
    ['/jimo', '/'],
    ['/jimo?a=b', '/?a=b'],
    ['/v1/jimers', '/v1/jimers'],
    ['/jimo-2/v1', '/jimo-2/v1'],
    ['/jimo/jimo/x', '/jimo/x'],
  ])('is taken from %s, which leaves %s', (url, rest) => {
    expect(withoutPublicPath(url, '/jimo')).toBe(rest);
    expect(withoutPublicPath(url, '')).toBe(url);
  });
});
