/**
 * Preloaded into tpks: simulates a bug in a callback, because the first check of a URL throws an
 * error that no code can catch.
 */
const canParse = URL.canParse.bind(URL);
URL.canParse = (...input) => {
  process.nextTick(() => {
    throw new TypeError('provoked');
  });
  return canParse(...input);
};
