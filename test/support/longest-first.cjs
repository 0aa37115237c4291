const Sequencer = require('@jest/test-sequencer').default;

/** By their paths, the longest first. On a machine that has not run them yet, Jest would go by the sizes of the files. */
const LONGEST = [
  'test/cluster/cluster.spec.ts',
  'test/e2e/hand-over.spec.ts',
  'test/e2e/rebuild.spec.ts',
  'test/console/feedback.spec.ts',
  'test/console/experiences.spec.ts',
  // It and the cluster would slow each other down: short specs run beside it.
  'test/chaos/chaos.spec.ts',
];

/** So that at the end no worker waits for another that has just begun with minutes of work. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path }) => {
      const at = LONGEST.findIndex((file) => path.endsWith(file));
      return at < 0 ? LONGEST.length : at;
    };
    return [...(await super.sort(tests))].sort((a, b) => rank(a) - rank(b));
  }
};
