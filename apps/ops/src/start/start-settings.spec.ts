import { tokensByGrant } from './start-settings';

describe('tokensByGrant', () => {
  it('gives the first token of each grant, whatever is in the token', () => {
    expect(tokensByGrant('default:a:b, default:c,other:d')).toEqual({ default: 'a:b', other: 'd' });
    expect(tokensByGrant('read@w:x,nonsense,:y')).toEqual({ 'read@w': 'x' });
  });
});
