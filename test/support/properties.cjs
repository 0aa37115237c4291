const fc = require('fast-check');

// On a machine that has more to do a property has fewer runs, and does not fail for being slow; one run it has always.
// The runs that are left are skipped, and none is interrupted: an interrupted run would go on beside the next test.
const report = (details) => {
  const hasRunOutOfTime = details.counterexample === null && details.numRuns > 0;
  if (details.failed && !hasRunOutOfTime)
    throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
};

fc.configureGlobal({
  skipAllAfterTimeLimit: 45_000,
  maxSkipsPerRun: 1,
  reporter: report,
});
