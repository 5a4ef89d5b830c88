// Bundles src/ to dist/. esbuild splits at dynamic imports, into many small files, and each file adds
// about a millisecond to the start. So modules that always run together are bundled together: `core`
// (for every command) and `call` (for commands that use a token).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build, transform } from 'esbuild';

const groups = {
  core: [
    'src/auth/claims.ts',
    'src/contexts/installation.ts',
    'src/cli.ts',
    'src/completion/completer.ts',
    'src/http/status-error.ts',
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
  call: [
    'src/auth/renew.ts',
    'src/auth/session-file.ts',
    'src/auth/session.ts',
    'src/contexts/resolve-context.ts',
    'src/disk/lock.ts',
    'src/http/bearer.ts',
    'src/http/https-send.ts',
    'src/http/system-roots.ts',
    'src/keychain/key-file.ts',
    'src/keychain/os-keychain.ts',
    'src/pks/clusters.ts',
    'src/pks/explain-failure.ts',
  ],
};

const options = {
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  external: ['@napi-rs/keyring'],
  loader: { '.md': 'text' },
  metafile: true,
  outdir: 'dist',
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
};

/** The group of each module that the roots import statically; the first group that has it wins. */
async function members() {
  const taken = new Map();
  for (const [name, roots] of Object.entries(groups)) {
    const entry = { contents: reexports(roots), resolveDir: '.', sourcefile: `${name}.ts` };
    const { metafile } = await build({ ...options, stdin: entry, write: false });
    const outputs = metafile.outputs;
    const queue = [Object.keys(outputs).find((path) => path.endsWith('/stdin.js'))];
    for (const path of queue) {
      for (const input of Object.keys(outputs[path].inputs)) {
        const file = resolve(input);
        if (input !== `${name}.ts` && !taken.has(file)) taken.set(file, name);
      }
      for (const { path: next, kind } of outputs[path].imports) {
        if (kind === 'import-statement' && outputs[next] && !queue.includes(next)) queue.push(next);
      }
    }
  }
  return taken;
}

const reexports = (files) => files.map((file) => `export * from '${resolve(file)}';`).join('\n');

/** Redirects each import of a member from outside its group to the file of the group. */
const grouping = (taken) => ({
  name: 'grouping',
  setup({ onResolve, onLoad, resolve: resolveAs }) {
    onResolve({ filter: /^group:/ }, ({ path }) => ({ path, namespace: 'group' }));
    onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => {
      const name = path.slice('group:'.length);
      // Packages are shared as esbuild's own chunks, except commander.
      const own = [...taken].filter(([file, group]) => group === name && isEntry(file));
      return { contents: reexports(own.map(([file]) => file)), resolveDir: '.', loader: 'ts' };
    });
    onResolve(
      { filter: /.*/ },
      async ({ path, importer, resolveDir, kind, pluginData, namespace }) => {
        if (pluginData === grouping || kind === 'entry-point' || namespace === 'group')
          return undefined;
        const found = await resolveAs(path, { importer, resolveDir, kind, pluginData: grouping });
        const group = taken.get(found.path);
        // `--version` loads nothing else: the modules that it needs are copied.
        if (importer.endsWith('main.ts') && kind === 'import-statement') {
          return { ...found, suffix: '?copied' };
        }
        const inside = group === taken.get(importer) && kind !== 'dynamic-import';
        if (group === undefined || inside || !isEntry(found.path)) return found;
        return { path: `./${group}.js`, external: true };
      },
    );
  },
});

const isEntry = (file) => !file.includes('node_modules') || /commander.esm\.mjs$/.test(file);

/**
 * esbuild splits only ESM, but Node starts CommonJS faster (measured: `--help` takes 1.9 x a bare
 * start as ESM, and 1.6 x as CommonJS), so the finished files are converted one by one.
 * @returns the code, and the source map of the code.
 */
async function toCommonJs(text, map) {
  const file = {
    platform: 'node',
    target: options.target,
    sourcemap: 'external',
    sourcesContent: false,
  };
  const converted = await transform(withMap(text, map), {
    ...file,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__filename' },
  });
  // Before the code is one line: this changes columns, and the map names only their old places.
  const code = withBareBuiltins(converted.code).replaceAll(
    /(["'`]\.\/[\w-]+)\.js(["'`])/g,
    '$1.cjs$2',
  );
  return transform(withMap(code, converted.map), { ...file, format: 'cjs', minify: true });
}

/** The inline comment tells esbuild which map the new one is to be combined with. */
const withMap = (code, map) =>
  `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;

/** esbuild copies every member of a built-in module to add a default export, even an unused one. */
const withBareBuiltins = (code) =>
  code.replaceAll(
    /(import_\w+) = __toESM\((require\("node:[\w/]+"\))(?:, 1)?\)/g,
    (all, name, bare) =>
      new RegExp(`\\b${name.replaceAll('$', '\\$')}\\.default\\b`).test(code)
        ? all
        : `${name} = ${bare}`,
  );

/** Replaces a line of a package; the build fails if an update of the package has changed that line. */
const replacing = (build, filter, line, replacement) => {
  build.onLoad({ filter }, ({ path }) => {
    const source = readFileSync(path, 'utf8');
    if (!source.includes(line)) throw new Error(`${path} no longer contains ${line}`);
    return { contents: source.replace(line, replacement), resolveDir: dirname(path) };
  });
};

/** commander loads child_process for subcommands in separate executables, which tpks does not use. */
const lighterCommander = {
  name: 'lighter-commander',
  setup(build) {
    const line = "const childProcess = require('node:child_process');";
    replacing(build, /commander.lib.command\.js$/, line, 'const childProcess = {};');
  },
};

/**
 * conf loads packages for features that tpks does not use, such as a validator of JSON schemas; they
 * take 20 ms. In a snap, where `SNAP` is set, conf would overwrite the file instead of replacing it.
 */
const lighterConf = {
  name: 'lighter-conf',
  setup(build) {
    build.onResolve({ filter: /^(ajv|ajv-formats|debounce-fn|semver)(\/|$)/ }, ({ importer }) =>
      /node_modules.conf.dist/.test(importer) ? { path: 'unused', namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = {};',
    }));
    replacing(build, /conf.dist.source.index\.js$/, 'if (process.env.SNAP)', 'if (false)');
  },
};

/** string-width needs 20 ms to start, so it is a file of its own, loaded for the first text that is not ASCII. */
const lazyStringWidth = {
  name: 'lazy-string-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'string-width', namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `let width;
        export default (text) => (width ??= require('./string-width.js').default)(text);`,
    }));
    build.onResolve({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({ path, external: true }));
  },
};

const taken = await members();
const { metafile, outputFiles } = await build({
  ...options,
  entryPoints: {
    main: 'src/main.ts',
    'string-width': 'string-width',
    ...Object.fromEntries(Object.keys(groups).map((name) => [name, `group:${name}`])),
  },
  plugins: [lazyStringWidth, grouping(taken), lighterCommander, lighterConf],
  minify: true,
  chunkNames: '[name]-[hash]',
  legalComments: 'none',
  write: false,
});
mkdirSync('dist', { recursive: true });
const maps = new Map(outputFiles.map(({ path, text }) => [path, text]));
const written = new Set();
for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
  const name = `${basename(path, '.js')}.cjs`;
  // main.cjs needs none of the chunks that esbuild imports in advance. Blanks keep the columns.
  const bare =
    name === 'main.cjs' ? text.replace(/^import"[^"]+";/, (all) => ' '.repeat(all.length)) : text;
  const { code, map } = await toCommonJs(bare, maps.get(`${path}.map`));
  writeFileSync(join('dist', name), code);
  writeFileSync(join('dist', `${name}.map`), map);
  written.add(name).add(`${name}.map`);
}
// Removes old files only now, so that a tpks that is running still finds its chunks.
for (const name of readdirSync('dist')) {
  if (!written.has(name)) rmSync(join('dist', name), { force: true });
}
if (process.argv.includes('--metafile')) writeFileSync('dist/meta.json', JSON.stringify(metafile));
