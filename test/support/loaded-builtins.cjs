// Preloaded into a tpks: writes at the end which modules of Node itself it loaded, one a line.
const { writeFileSync } = require('node:fs');

const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const loaded = process.moduleLoadList.filter((name) => !before.has(name));
  writeFileSync(process.env.LOADED_MODULES, loaded.join('\n'));
});
