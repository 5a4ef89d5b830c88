// Preloaded into a tpks: writes at the end which files it loaded, one a line.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

process.on('exit', () => {
  writeFileSync(process.env.LOADED_MODULES, Object.keys(cache).join('\n'));
});
