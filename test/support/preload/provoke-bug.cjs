/**
 * Preloaded into tpks: simulates a bug, because the first check of a URL throws an unexpected
 * error.
 */
Error.stackTraceLimit = 50;
URL.canParse = () => {
  throw new TypeError('provoked');
};
