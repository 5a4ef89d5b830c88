// Preloaded into a tpks: writes at the end which files it loaded, one a line.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.LOADED_MODULES, Object.keys(require.cache).join('\n'));
});
