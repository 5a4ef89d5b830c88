/**
 * Preloaded into tpks: at exit, writes the loaded built-in modules to the file LOADED_MODULES, one
 * per line.
 */
const { writeFileSync } = require('node:fs');

/** An undocumented property of Node. */
const { moduleLoadList } = /** @type {typeof process & { moduleLoadList: string[] }} */ (process);
const loadedBefore = new Set(moduleLoadList);
process.on('exit', () => {
  const loaded = moduleLoadList.filter((name) => !loadedBefore.has(name));
  writeFileSync(process.env.LOADED_MODULES ?? '', loaded.join('\n'));
});
