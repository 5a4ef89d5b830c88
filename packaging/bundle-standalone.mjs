/**
 * Bundles the standalone binary, and writes a list of its modules. compile.mjs runs this file with the
 * runtime, because only its API accepts plugins. The argument contains the options as JSON.
 */
import { writeFileSync } from 'node:fs';
import { lighterConf } from './bundle-plugins.mjs';

/**
 * @typedef {object} BundleOptions
 * @property {string} metafile - path of the list of modules.
 * @property {string[]} conditions - for imports.
 * @property {object} [compile] - which binary to write; if absent, only the list is written.
 */

/**
 * The part of the runtime's API that is used here.
 *
 * @typedef {object} Runtime
 * @property {(options: object) => Promise<{ metafile: object }>} build
 */

const { Bun } = /** @type {{ Bun: Runtime }} */ (/** @type {unknown} */ (globalThis));
const { metafile, ...options } = /** @type {BundleOptions} */ (JSON.parse(process.argv[2] ?? ''));

const result = await Bun.build({
  entrypoints: ['src/standalone.ts'],
  target: 'bun',
  format: 'esm',
  minify: true,
  splitting: true,
  bytecode: options.compile !== undefined,
  sourcemap: options.compile === undefined ? 'none' : 'linked',
  loader: { '.md': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
  // Otherwise packages that use these variables contain the path of the build.
  define: { __filename: 'undefined', __dirname: 'undefined' },
  plugins: [lighterConf],
  metafile: true,
  ...options,
});
writeFileSync(metafile, JSON.stringify(result.metafile));
