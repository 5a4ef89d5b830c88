/**
 * Preloaded into tpks: simulates a bug, because the first check of a URL throws an unexpected
 * error.
 */
URL.canParse = () => {
  throw new TypeError('provoked');
};
