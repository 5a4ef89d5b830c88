/** Plugins that make packages in the bundle load faster. The runtime of the standalone binary accepts them, too. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** @import { Plugin, PluginBuild } from 'esbuild' */

/**
 * Replaces a line in a package. The build fails if the line no longer exists after an update of the
 * package.
 *
 * @param {PluginBuild} build
 * @param {RegExp} filter
 * @param {string} line
 * @param {string} replacement
 */
function replaceLine(build, filter, line, replacement) {
  build.onLoad({ filter }, ({ path }) => {
    const source = readFileSync(path, 'utf8');
    if (!source.includes(line)) throw new Error(`${path} no longer contains ${line}`);
    return {
      contents: source.replace(line, replacement),
      loader: 'js',
      resolveDir: dirname(path),
    };
  });
}

/**
 * commander loads child_process for subcommands in separate executables, which tpks does not have.
 *
 * @type {Plugin}
 */
export const lighterCommander = {
  name: 'lighter-commander',
  setup(build) {
    const line = "const childProcess = require('node:child_process');";
    replaceLine(build, /commander.lib.command\.js$/, line, 'const childProcess = {};');
  },
};

/**
 * conf loads packages for features that tpks does not use, such as a validator of JSON schemas.
 * Loading them takes 20 ms. In a snap, where `SNAP` is set, conf would overwrite the file instead
 * of replacing it.
 *
 * @type {Plugin}
 */
export const lighterConf = {
  name: 'lighter-conf',
  setup(build) {
    build.onResolve({ filter: /^(ajv|ajv-formats|debounce-fn|semver)(\/|$)/ }, ({ importer }) =>
      /node_modules.conf.dist/.test(importer) ? { path: 'unused', namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
    replaceLine(build, /conf.dist.source.index\.js$/, 'if (process.env.SNAP)', 'if (false)');
  },
};

/**
 * string-width takes 20 ms to load, so it is a separate file that is loaded for the first text that
 * is not ASCII.
 *
 * @type {Plugin}
 */
export const lazyStringWidth = {
  name: 'lazy-string-width',
  setup(build) {
    build.onResolve({ filter: /^#?string-width$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'string-width', namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `let width;
        export default (text) => (width ??= require('./string-width.js').default)(text);`,
    }));
    build.onResolve({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * Replaces Node's `Headers` and `Response` in the OAuth packages with small classes, because they load
 * all of Node's fetch.
 *
 * @type {Plugin}
 */
export const lightFetch = {
  name: 'light-fetch',
  setup(build) {
    build.onLoad({ filter: /(oauth4webapi|openid-client).build.index\.js$/ }, ({ path }) => {
      const classes = JSON.stringify(resolve('src/auth/light-fetch.ts'));
      const source = readFileSync(path, 'utf8');
      return {
        contents: `import { Headers, Response } from ${classes};\n${source}`,
        resolveDir: dirname(path),
      };
    });
  },
};
