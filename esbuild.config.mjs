/** `npm run build`: bundles src/ into dist/. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { lightFetch, lighterConf } from './packaging/bundle-plugins.mjs';
import { toCommonJs } from './packaging/common-js.mjs';

/** @import { BuildOptions, Plugin } from 'esbuild' */

/**
 * Modules that are bundled into one file, with everything that they import statically. Without these groups, esbuild
 * splits the code into one chunk for each set of dynamic imports that share it: `clusters` would load 81 files, and
 * take 65 ms more CPU time (Node 20).
 */
const groups = {
  /** For `--version`. Without a separate group, `--version` takes 12 ms more. */
  start: ['src/cli/start.ts'],
  /** For all commands, help and completion. Includes all of `base`, which most files import. */
  core: ['src/cli/run.ts', ...listBase()],
  /** For commands that use a session or send requests. Without a separate group, `--help` takes 12 ms more. */
  connected: ['src/app/request-services.ts'],
};

/** @satisfies {BuildOptions} */
const options = /** @type {const} */ ({
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  external: ['@napi-rs/keyring'],
  loader: { '.md': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
  metafile: true,
  outdir: 'dist',
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
});

function listBase() {
  const files = readdirSync('src/base', { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join('src/base', file));
}

/**
 * Lists the modules that entry modules import statically, directly or indirectly.
 *
 * @param {string[]} entries
 */
async function listStaticImports(entries) {
  const { metafile } = await build({ ...options, entryPoints: entries, write: false });
  const { outputs } = metafile;
  const queue = Object.keys(outputs).filter((path) =>
    entries.includes(outputs[path]?.entryPoint ?? ''),
  );
  /** @type {string[]} */
  const files = [];
  // `for...of` also visits the imports that the loop adds.
  for (const path of queue) {
    const { inputs = {}, imports = [] } = outputs[path] ?? {};
    files.push(...Object.keys(inputs));
    for (const { path: next, kind } of imports) {
      if (kind === 'import-statement' && outputs[next] && !queue.includes(next)) queue.push(next);
    }
  }
  return files.map((file) => resolve(file));
}

/** Maps the path of each grouped module to the name of the first group that contains it. */
async function assignGroups() {
  /** @type {Map<string, string>} */
  const groupNames = new Map();
  for (const [name, entries] of Object.entries(groups)) {
    for (const file of await listStaticImports(entries)) {
      if (!groupNames.has(file)) groupNames.set(file, name);
    }
  }
  return groupNames;
}

/**
 * Redirects imports of a grouped module from outside its group to the file of the group.
 *
 * @param {Map<string, string>} groupNames
 * @returns {Plugin}
 */
function createGrouping(groupNames) {
  /** Marks the imports that the plugin itself resolves. */
  const marker = {};
  return {
    name: 'grouping',
    setup(build) {
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path, namespace: 'group' }));
      build.onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => {
        const name = path.slice('group:'.length);
        const files = [...groupNames].filter(([file, group]) => group === name && isExported(file));
        return {
          contents: files.map(([file]) => `export * from '${file}';`).join('\n'),
          resolveDir: '.',
          loader: 'ts',
        };
      });
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...args }) => {
        const { importer, resolveDir, kind, namespace } = args;
        if (pluginData === marker || kind === 'entry-point' || namespace === 'group') {
          return undefined;
        }
        const request = { importer, resolveDir, kind, pluginData: marker };
        const result = await build.resolve(path, request);
        const group = groupNames.get(result.path);
        const isInside = group === groupNames.get(importer) && kind !== 'dynamic-import';
        if (group === undefined || isInside || !isExported(result.path)) return result;
        return { path: `./${group}.js`, external: true };
      });
    },
  };
}

/**
 * Whether a group exports the module. Packages are in shared chunks, except commander, which every command uses.
 *
 * @param {string} file
 */
function isExported(file) {
  return !file.includes('node_modules') || /commander.esm\.mjs$/.test(file);
}

const groupNames = await assignGroups();
const { metafile, outputFiles } = await build({
  ...options,
  entryPoints: {
    main: 'src/main.ts',
    ...Object.fromEntries(Object.keys(groups).map((name) => [name, `group:${name}`])),
  },
  plugins: [createGrouping(groupNames), lighterConf, lightFetch],
  minify: true,
  chunkNames: '[name]-[hash]',
  legalComments: 'none',
  write: false,
});
mkdirSync('dist', { recursive: true });
const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
/** @type {Map<string, string>} */
const written = new Map();
for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
  const name = `${basename(path, '.js')}.cjs`;
  const { code, map } = await toCommonJs(text, texts.get(`${path}.map`) ?? '', options.target);
  written.set(name, code).set(`${name}.map`, map);
}
for (const [name, text] of written) writeFileSync(join('dist', name), text);
// Old files are removed last, so that a tpks process that is running still finds its chunks.
for (const name of readdirSync('dist')) {
  if (!written.has(name)) rmSync(join('dist', name), { force: true });
}
if (process.argv.includes('--metafile')) writeFileSync('dist/meta.json', JSON.stringify(metafile));
