// Preloaded into tpks: the first check of a URL fails as a bug would.
URL.canParse = () => {
  throw new TypeError('provoked');
};
