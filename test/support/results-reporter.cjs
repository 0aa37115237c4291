const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Writes Jest's own count of a run into the folder that TEST_RESULTS names: `npm test` is several runs. */
module.exports = class ResultsReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } =
      results;
    writeFileSync(
      join(process.env.TEST_RESULTS, `${process.pid}.json`),
      JSON.stringify({
        passed: numPassedTests,
        // A file that could not even be run counts as a failed test.
        failed: numFailedTests + numRuntimeErrorTestSuites,
        skipped: numPendingTests + numTodoTests,
      }),
    );
  }
};
