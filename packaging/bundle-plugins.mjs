/** esbuild plugins that make packages in the bundle load faster. Bun accepts them too. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** @import { Plugin } from 'esbuild' */

/**
 * conf loads packages for features that tpks does not use, such as a validator of JSON schemas.
 * Loading them takes 20 ms. In a snap, where `SNAP` is set, conf would overwrite the file instead
 * of replacing it. when-exit would send each signal to this process a second time. Its purpose is to delete
 * temporary files, which tpks deletes itself.
 *
 * @type {Plugin}
 */
export const lighterConf = {
  name: 'lighter-conf',
  setup(build) {
    build.onResolve({ filter: /^(ajv|ajv-formats|debounce-fn|semver)(\/|$)/ }, ({ importer }) =>
      /node_modules.conf.dist/.test(importer) ? { path: 'unused', namespace: 'unused' } : undefined,
    );
    build.onResolve({ filter: /^when-exit$/ }, () => ({ path: 'unused', namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = () => {};',
      loader: 'js',
    }));
    build.onLoad({ filter: /conf.dist.source.index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const condition = 'if (process.env.SNAP)';
      if (!source.includes(condition)) throw new Error(`${path} no longer contains ${condition}`);
      const contents = source.replace(condition, 'if (false)');
      return { contents, loader: 'js', resolveDir: dirname(path) };
    });
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
      const classes = JSON.stringify(resolve('src/domain/auth/light-fetch.ts'));
      const source = readFileSync(path, 'utf8');
      return {
        contents: `import { Headers, Response } from ${classes};\n${source}`,
        resolveDir: dirname(path),
      };
    });
  },
};
