import { nodeComplaint } from './require-node';

describe('the runtime guard', () => {
  it('takes Node 24 and newer', () => {
    expect(nodeComplaint('24.21.0')).toBeNull();
    expect(nodeComplaint('26.0.0')).toBeNull();
  });

  it('says which Node it needs and which it got', () => {
    expect(nodeComplaint('20.19.4')).toMatch(/needs Node 24 or newer.*20\.19\.4/);
  });
});
