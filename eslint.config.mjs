/** Lint rules for all code. They include the import rules in `docs/contributing/architecture.md`. */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** @import { Linter } from 'eslint' */
/** @typedef {{ group: string[], message: string, allowTypeImports?: boolean }} RestrictedImports */

/** Words that are odd in every meaning, see `docs/contributing/writing.md`. */
const oddNames = [
  ...['anew', 'door', 'doors', 'nobody', 'patience', 'people', 'said', 'somebody'],
  ...['stranger', 'told', 'ways', 'whoever', 'whom', 'whose'],
];
const oddPhrases = [
  ...['all the same', 'anew', 'any more', 'by the words of', 'for good', 'in force', 'in step'],
  ...['in vain', 'none too many', 'now and then', 'so already', 'somebody', 'whoever'],
];
/** Also matches typographic quotes, dashes and ellipses. */
const oddText = `/\\b(${oddPhrases.join('|')})\\b|[\u2018-\u201e\u2013\u2014\u2026]/i`;

/** @type {{ selector: string, message: string }[]} */
const textRules = ['Literal[raw', 'TemplateElement[value.raw'].map((start) => ({
  selector: `${start}=${oddText}]`,
  message: 'Use plain English and ASCII characters: see docs/contributing/writing.md.',
}));

const unboundedReadMessage =
  'Use disk/bounded-read.ts (in the sandbox: sandbox/files.ts), which limits the size.';

const sourceRules = [
  {
    selector: 'CallExpression[callee.property.name=/^(createReadStream|readFile|readFileSync)$/]',
    message: unboundedReadMessage,
  },
  {
    selector: 'BinaryExpression[operator="instanceof"][right.name="TpksError"]',
    message: 'Use isTpksError: instanceof does not work across the files of the bundle.',
  },
  {
    selector:
      'MemberExpression[computed=true][property.value=/^(TPKS_|FORCE_COLOR$|NO_COLOR$|HTTPS_PROXY$|NO_PROXY$)/]',
    message: 'Declare the variable in config/environment.ts, and use env.NAME.',
  },
];

const hintRule = {
  selector:
    'NewExpression[callee.name="TpksError"]:not([arguments.0.value=/^(cancelled|changes)$/])' +
    ':not(:has(Property[key.name="hint"]))',
  message: 'Add a hint: the command to run next.',
};

/** These files create errors that receive a hint later: from their callers, or from report.ts. */
const hintAddedLater = [
  'src/domain/auth/{authorization,grants}.ts',
  'src/base/errors.ts',
  'src/api/client/status-error.ts',
];

/** Packages that only some files may import. */
const restrictedPackages = [
  ...['openid-client', '@napi-rs/keyring', 'conf', 'chalk', 'read', 'string-width', 'yaml'],
  ...['valibot', 'entities/decode', 'jose', 'selfsigned', 'undici'],
];

/**
 * Forbids imports that match the patterns. Type imports are allowed unless a pattern also forbids them.
 *
 * @param {string[]} files
 * @param {RestrictedImports[]} patterns
 * @returns {Linter.Config}
 */
const forbidImports = (files, patterns) => ({
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
  readFileSync(new URL('./src/package.json', import.meta.url), 'utf8'),
);

/**
 * Matches the modules in these folders of src, including those with a name such as `#send`.
 *
 * @param {string[]} names
 */
const folders = (...names) =>
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
const packagesExcept = (...allowed) => ({
  group: restrictedPackages.filter((name) => !allowed.includes(name)),
  message: 'Only some files may import this package: see docs/contributing/architecture.md.',
});

/**
 * Matches imports that would go up in the list of layers, including imports of types.
 *
 * @param {string[]} group
 * @returns {RestrictedImports}
 */
const upwardImports = (...group) => ({
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
const serviceImports = (...exceptions) => ({
  group: [
    ...folders('access', 'auth', 'doctor', 'import', 'http', 'keychain', 'config'),
    ...folders('kube', 'sandbox'),
    // Pure functions that import nothing else.
    '!**/access/model.js',
    '!**/auth/claims.js',
    '!**/auth/login-command.js',
    '!**/contexts/installation.js',
    '!**/http/decode.js',
    '!**/http/status-error.js',
    ...exceptions,
  ],
  message: 'A command calls services, and imports only their types.',
});

/** @type {RestrictedImports} */
const terminalImports = {
  group: folders('terminal'),
  message: 'Import only types of the terminal, and return values instead.',
};

/** The folders above the APIs. */
const aboveApis = ['access', 'auth', 'contexts', 'doctor', 'import', 'kube'];

const aboveServices = [
  ...['main', 'cli', 'run', 'program', 'services'].map((name) => `**/${name}.js`),
  ...folders('services', 'commands', 'completion', 'uaac', 'sandbox'),
];

/** Code that runs without a build: tools, configuration, and files that tests load into tpks. */
const scripts = ['**/*.mjs', '**/*.cjs'];

export default defineConfig(
  { ignores: ['bin/', 'dist/', 'out/', 'node_modules/'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'process'],
    },
  },
  {
    files: ['{bin,docs,packaging,src,test,tools}/**'],
    rules: {
      'id-denylist': ['error', ...oddNames],
      'no-restricted-syntax': ['error', ...textRules],
      'no-warning-comments': ['error', { terms: oddPhrases, location: 'anywhere' }],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/platform/disk/bounded-read.ts', 'src/sandbox/files.ts'],
    rules: {
      // A file can be endless, or a pipe without a writer.
      'no-restricted-imports': [
        'error',
        {
          paths: ['fs', 'node:fs', 'fs/promises', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['createReadStream', 'read', 'readFile', 'readFileSync', 'readSync'],
            message: unboundedReadMessage,
          })),
        },
      ],
      'no-restricted-syntax': ['error', ...textRules, ...sourceRules, hintRule],
    },
  },
  {
    files: hintAddedLater,
    rules: { 'no-restricted-syntax': ['error', ...textRules, ...sourceRules] },
  },
  forbidImports(
    ['src/commands/**', 'src/completion/**'],
    [
      packagesExcept(),
      // Folders of commands that have the same names.
      serviceImports('!./access/**', '!./kube/**', '!./uaa/**'),
      upwardImports('**/uaac/**'),
    ],
  ),
  forbidImports(
    ['src/uaac/**'],
    [
      packagesExcept(),
      serviceImports(
        '!**/commands/uaa/**',
        // Pure functions for requests that only uaac sends.
        '!**/config/environment.js',
        '!**/http/network-error.js',
        '!**/uaa/list',
        '!**/uaa/list/list-query.js',
        '!**/uaa/zone.js',
      ),
      upwardImports(...['main', 'cli', 'run', 'program'].map((name) => `**/${name}.js`)),
    ],
  ),
  forbidImports(
    aboveApis.map((name) => `src/${name}/**`),
    [packagesExcept('openid-client', 'valibot'), terminalImports, upwardImports(...aboveServices)],
  ),
  forbidImports(
    ['src/domain/kube/kubeconfig/document.ts'],
    [packagesExcept('yaml'), terminalImports, upwardImports(...aboveServices)],
  ),
  ...[
    { api: 'pks', otherApi: 'uaa', packages: ['valibot'] },
    { api: 'uaa', otherApi: 'pks', packages: ['jose', 'valibot'] },
  ].map(({ api, otherApi, packages }) =>
    forbidImports(
      [`src/${api}/**`],
      [
        packagesExcept(...packages),
        terminalImports,
        upwardImports(...aboveServices, ...folders(...aboveApis, otherApi)),
      ],
    ),
  ),
  forbidImports(
    ['http', 'keychain', 'config', 'disk', 'input', 'redaction', 'terminal'].map(
      (name) => `src/${name}/**`,
    ),
    [upwardImports(...aboveServices, ...folders(...aboveApis, 'pks', 'uaa'))],
  ),
  forbidImports(
    ['src/base/errors.ts', 'src/base/clock.ts', 'src/base/secret/secret.ts'],
    [
      upwardImports(
        ...['./*/**', '!./secret/**', '\\#*'],
        ...['./services.js', './program.js', './run.js'],
      ),
    ],
  ),
  ...['..', '../..', '../../..'].map((parent, depth) =>
    forbidImports(
      [`src/sandbox/${'*/'.repeat(depth)}*.ts`],
      [
        {
          group: [`${parent}/*`, '\\#*'],
          allowTypeImports: false,
          message: 'The sandbox shares no code with the client, not even a type.',
        },
      ],
    ),
  ),
  {
    files: ['test/**'],
    rules: {
      'max-lines': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: scripts,
    rules: {
      'no-console': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // These rules do not see casts in comments. TypeScript reports variables and parameters
      // without a type.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
