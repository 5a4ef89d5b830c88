/**
 * `npm run build`: bundles src/ into dist/. At dynamic imports, esbuild splits the code into many
 * small files, and each file adds about a millisecond to the start. Therefore, modules that always
 * run together are bundled together in groups.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import {
  lazyStringWidth,
  lightFetch,
  lighterCommander,
  lighterConf,
} from './packaging/bundle-plugins.mjs';
import { toCommonJs } from './packaging/common-js.mjs';

/** @import { BuildOptions, Plugin } from 'esbuild' */

/**
 * The entry modules of each group. A group also contains the modules that they import statically.
 *
 * @type {Record<string, string[]>}
 */
const groups = {
  // For every command.
  core: [
    'src/auth/claims.ts',
    'src/contexts/installation.ts',
    'src/cli.ts',
    'src/commands/resource/output-option.ts',
    'src/completion/completer.ts',
    'src/http/status-error.ts',
    'src/own-value.ts',
    'src/terminal/table.ts',
  ],
  // For commands that list, show or delete a resource, and for the completion of their arguments.
  resource: [
    'src/commands/clusters/cluster-command.ts',
    'src/commands/dry-run.ts',
    'src/commands/name-completion.ts',
    'src/commands/resource/delete-command.ts',
    'src/commands/resource/list-command.ts',
    'src/commands/resource/show-command.ts',
    'src/commands/word-list.ts',
  ],
  // Separate from `call`, which loads TLS: completion needs only these.
  settings: [
    'src/config/name-cache.ts',
    'src/config/folders.ts',
    'src/config/settings.ts',
    'src/contexts/locate.ts',
  ],
  // For commands that use a token, and all that `token` needs: no TLS, because a fresh token needs no
  // request.
  session: [
    'src/auth/login-command.ts',
    'src/auth/renew.ts',
    'src/auth/session-file.ts',
    'src/auth/session.ts',
    'src/commands/kubernetes-session-name.ts',
    'src/contexts/resolve-context.ts',
    'src/keychain/key-file.ts',
    'src/keychain/os-keychain.ts',
    'src/kube/store-name.ts',
  ],
  // For kubectl, which runs `kube-credential` with every command.
  credential: [
    'src/commands/kube/kube-credential.ts',
    'src/kube/cluster-credentials.ts',
    'src/kube/credential-calls.ts',
    'src/kube/sessions.ts',
  ],
  // For commands that send requests.
  call: [
    'src/disk/lock.ts',
    'src/http/bearer.ts',
    'src/http/https-send.ts',
    'src/http/system-roots.ts',
    'src/pks/clusters.ts',
    'src/pks/explain-failure.ts',
  ],
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

/**
 * Maps the path of each grouped module to the name of its group. A module in several groups belongs
 * to the first of them.
 */
async function assignGroups() {
  /** @type {Map<string, string>} */
  const groupOf = new Map();
  for (const [name, entries] of Object.entries(groups)) {
    const stdin = { contents: toReexports(entries), resolveDir: '.', sourcefile: `${name}.ts` };
    const { metafile } = await build({ ...options, stdin, write: false });
    const outputs = metafile.outputs;
    // Grows while it is read: `for...of` also visits the imports that are added.
    const queue = Object.keys(outputs).filter((path) => path.endsWith('/stdin.js'));
    for (const path of queue) {
      const { inputs = {}, imports = [] } = outputs[path] ?? {};
      for (const input of Object.keys(inputs)) {
        const file = resolve(input);
        if (input !== `${name}.ts` && !groupOf.has(file)) groupOf.set(file, name);
      }
      for (const { path: next, kind } of imports) {
        if (kind === 'import-statement' && outputs[next] && !queue.includes(next)) queue.push(next);
      }
    }
  }
  return groupOf;
}

/** @param {string[]} files */
function toReexports(files) {
  return files.map((file) => `export * from '${resolve(file)}';`).join('\n');
}

/**
 * Redirects imports of a grouped module from outside its group to the file of the group.
 *
 * @param {Map<string, string>} groupOf - the group of each module, by its path.
 * @returns {Plugin}
 */
function createGrouping(groupOf) {
  /** Marks the imports that the plugin itself resolves. */
  const marker = {};
  /** Marks modules that are copied into the bundle file of main.ts. */
  const copied = '?copied';
  return {
    name: 'grouping',
    setup(build) {
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path, namespace: 'group' }));
      build.onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => {
        const name = path.slice('group:'.length);
        const files = [...groupOf].filter(([file, group]) => group === name && isGroupable(file));
        return {
          contents: toReexports(files.map(([file]) => file)),
          resolveDir: '.',
          loader: 'ts',
        };
      });
      build.onLoad({ filter: /\.ts$/ }, ({ path, suffix }) =>
        suffix === copied
          ? { contents: readFileSync(path), loader: 'ts', pluginData: copied }
          : undefined,
      );
      build.onResolve({ filter: /.*/ }, async (args) => {
        const { path, importer, resolveDir, kind, pluginData, namespace } = args;
        if (pluginData === marker || kind === 'entry-point' || namespace === 'group') {
          return undefined;
        }
        const result = await build.resolve(path, {
          importer,
          resolveDir,
          kind,
          pluginData: marker,
        });
        const group = groupOf.get(result.path);
        // `--version` must load no other file, so main.ts gets its own copy of all modules it needs.
        const isCopied = importer.endsWith('main.ts') || pluginData === copied;
        if (isCopied && kind === 'import-statement') return { ...result, suffix: copied };
        const isInGroup = group === groupOf.get(importer) && kind !== 'dynamic-import';
        if (group === undefined || isInGroup || !isGroupable(result.path)) return result;
        return { path: `./${group}.js`, external: true };
      });
    },
  };
}

/**
 * Whether a group exports the module. Packages are not exported: esbuild puts them into shared
 * chunks. commander is an exception.
 *
 * @param {string} file
 */
function isGroupable(file) {
  return !file.includes('node_modules') || /commander.esm\.mjs$/.test(file);
}

const groupOf = await assignGroups();
const { metafile, outputFiles } = await build({
  ...options,
  entryPoints: {
    main: 'src/main.ts',
    'string-width': 'string-width',
    ...Object.fromEntries(Object.keys(groups).map((name) => [name, `group:${name}`])),
  },
  plugins: [lazyStringWidth, createGrouping(groupOf), lighterCommander, lighterConf, lightFetch],
  minify: true,
  chunkNames: '[name]-[hash]',
  legalComments: 'none',
  write: false,
});
mkdirSync('dist', { recursive: true });
const textOf = new Map(outputFiles.map(({ path, text }) => [path, text]));
/** @type {Map<string, string>} */
const written = new Map();
for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
  const name = `${basename(path, '.js')}.cjs`;
  // main.cjs needs none of the chunks that esbuild imports in advance. Spaces preserve the columns.
  const withoutImports =
    name === 'main.cjs'
      ? text.replace(/^import"[^"]+";/, (match) => ' '.repeat(match.length))
      : text;
  const { code, map } = await toCommonJs(
    withoutImports,
    textOf.get(`${path}.map`) ?? '',
    options.target,
  );
  written.set(name, code).set(`${name}.map`, map);
}
const hash = createHash('sha256');
for (const [name, text] of [...written].sort()) if (name.endsWith('.cjs')) hash.update(text);
// bin/tpks.js uses the code in its cache only if the bundle is the same.
const buildId = hash.digest('hex').slice(0, 16);
written.set('main.cjs', `${written.get('main.cjs')}// build ${buildId}\n`);
for (const [name, text] of written) writeFileSync(join('dist', name), text);
// Old files are removed last, so that a tpks process that is running still finds its chunks.
for (const name of readdirSync('dist')) {
  if (!written.has(name)) rmSync(join('dist', name), { force: true });
}
if (process.argv.includes('--metafile')) writeFileSync('dist/meta.json', JSON.stringify(metafile));
