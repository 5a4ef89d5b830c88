/**
 * Preloaded into tpks: at exit, writes the paths of the loaded files to the file LOADED_MODULES,
 * one per line.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const { cache } = createRequire(import.meta.url);
/** @type {string[]} */
const bundleFiles = [];
const { Script } = vm;

// bin/tpks.js loads the files of the bundle with this class.
vm.Script = class extends Script {
  /**
   * @param {string} code
   * @param {import('node:vm').ScriptOptions} options
   */
  constructor(code, options) {
    super(code, options);
    bundleFiles.push(options.filename ?? '');
  }
};

process.on('exit', () => {
  const files = [...Object.keys(cache), ...bundleFiles];
  writeFileSync(process.env.LOADED_MODULES ?? '', files.join('\n'));
});
