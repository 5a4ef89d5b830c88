/** A jest transform: a text file as a module that exports its text, as esbuild bundles it. */
export default {
  process: (text) => ({ code: `export default ${JSON.stringify(text)};` }),
};
