/** A jest transform that turns a text file into a module that exports the text, as esbuild does. */
const transformer = {
  process: (/** @type {string} */ text) => ({ code: `export default ${JSON.stringify(text)};` }),
};

export default transformer;
