/** Builds the import rules in `docs/contributing/architecture.md`. */
import { readFileSync } from 'node:fs';

/** @typedef {{ group: string[], message: string, allowTypeImports?: boolean }} RestrictedImports */

/**
 * The files that may import each package.
 *
 * @type {Record<string, string[]>}
 */
const packageImporters = {
  'openid-client': ['src/auth/{authorization,browser-login,grants}.ts'],
  '@napi-rs/keyring': ['src/keychain/{embedded-module,installed-module,os-keychain}.ts'],
  chalk: ['src/terminal/palette.ts'],
  read: ['src/terminal/prompt.ts'],
  'string-width': ['src/terminal/display-width.ts'],
  yaml: ['src/input/yaml.ts', 'src/kube/kubeconfig/document.ts', 'src/terminal/yaml.ts'],
  valibot: ['src/{access,auth,config,http,input,pks,uaa}/**'],
  'entities/decode': ['src/http/status-error.ts', 'src/sandbox/uaa/http/html-escape.ts'],
  jose: ['src/uaa/tokens/token-signature.ts', 'src/sandbox/**'],
  selfsigned: ['src/sandbox/**'],
  undici: ['src/sandbox/http-client.ts'],
};

/**
 * Forbids imports. Imports of types are allowed, unless a pattern forbids them, too.
 *
 * @param {string[]} files
 * @param {RestrictedImports[]} patterns
 * @returns {import('eslint').Linter.Config}
 */
export const forbidImports = (files, patterns) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: patterns.map((pattern) => ({ allowTypeImports: true, ...pattern })) },
    ],
  },
});

/** @type {{ imports: Record<string, Record<string, string>> }} */
const { imports } = JSON.parse(
  readFileSync(new URL('../src/package.json', import.meta.url), 'utf8'),
);

/**
 * Matches the modules in these folders of src, including those with a name such as `#send`.
 *
 * @param {string[]} names
 */
export const folders = (...names) =>
  names.flatMap((name) => [
    `**/${name}/**`,
    ...Object.entries(imports)
      .filter(([, files]) => Object.values(files).some((file) => file.startsWith(`./${name}/`)))
      // A pattern that starts with # would be a comment.
      .map(([alias]) => `\\${alias}`),
  ]);

/**
 * Matches the packages that only some files may import.
 *
 * @param {string[]} allowed - packages that are not matched.
 * @returns {RestrictedImports}
 */
export const packagesExcept = (...allowed) => ({
  group: Object.keys(packageImporters).filter((name) => !allowed.includes(name)),
  message:
    'Only some files may import this package: see packageImporters in eslint/import-rules.mjs.',
});

/**
 * Matches imports that would go up in the list of layers, including imports of types.
 *
 * @param {string[]} group
 * @returns {RestrictedImports}
 */
export const upwardImports = (...group) => ({
  group,
  allowTypeImports: false,
  message: 'Imports, including type imports, only go down: see docs/contributing/architecture.md.',
});

/**
 * Matches the modules that only services may use.
 *
 * @param {string[]} exceptions - negated patterns.
 * @returns {RestrictedImports}
 */
export const serviceImports = (...exceptions) => ({
  group: [
    ...folders('access', 'auth', 'doctor', 'import', 'uaa', 'pks', 'http', 'keychain', 'config'),
    ...folders('kube', 'sandbox'),
    // Pure functions that import nothing else.
    '!**/access/model.js',
    '!**/auth/claims.js',
    '!**/auth/login-command.js',
    '!**/contexts/installation.js',
    '!**/uaa/client-attributes.js',
    '!**/http/decode.js',
    '!**/http/status-error.js',
    ...exceptions,
  ],
  message: 'A command calls services, and imports only their types.',
});

/** @type {RestrictedImports} */
export const terminalImports = {
  group: folders('terminal'),
  message: 'Import only types of the terminal, and return values instead.',
};
