import fc from 'fast-check';

// For mutation tests alone: a fault that one run in a hundred finds is not tested well.
fc.configureGlobal({ numRuns: 30 });
