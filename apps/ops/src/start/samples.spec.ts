import { sampleTokens, withSamples } from './samples';

describe('workspaces for samples', () => {
  it('have tokens of their own, other ones at each start', () => {
    const [one, two] = [sampleTokens('default:a'), sampleTokens('default:a')];
    expect(Object.keys(one)).toEqual(['demo', 'bench']);
    expect(one).not.toEqual(two);
    expect(withSamples('default:a', { demo: 'x', bench: 'y' })).toBe('default:a,demo:x,bench:y');
    expect(withSamples(undefined, { bench: 'y' })).toBe('bench:y');
  });

  it('are not those that the operator has', () => {
    expect(Object.keys(sampleTokens('demo:a, acme:b'))).toEqual(['bench']);
    expect(Object.keys(sampleTokens('demo:a,bench:b'))).toEqual([]);
    expect(withSamples('demo:a', {})).toBe('demo:a');
  });
});
