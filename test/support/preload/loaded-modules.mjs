/**
 * Preloaded into tpks: at exit, writes the paths of the loaded files to the file LOADED_MODULES,
 * one per line.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);
process.on('exit', () => {
  writeFileSync(process.env.LOADED_MODULES ?? '', Object.keys(cache).join('\n'));
});
