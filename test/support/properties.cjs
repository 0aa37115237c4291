const fc = require('fast-check');

// On a machine that has more to do a property has fewer runs, and does not fail for being slow; one run it has always.
fc.configureGlobal({ interruptAfterTimeLimit: 45_000 });
