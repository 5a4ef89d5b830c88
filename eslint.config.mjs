/** Lint rules for all code. They include the import rules in `docs/contributing/architecture.md`. */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import {
  folders,
  forbidImports,
  packagesExcept,
  serviceImports,
  terminalImports,
  upwardImports,
} from './eslint/import-rules.mjs';
import { markdownParser } from './eslint/markdown-parser.mjs';
import { plugin as hints } from './eslint/error-hints.mjs';
import { plugin as words } from './eslint/words.mjs';

/** The folders above the APIs. */
const aboveApis = ['access', 'auth', 'contexts', 'doctor', 'import', 'kube'];

const aboveServices = [
  ...['main', 'cli', 'run', 'program', 'services'].map((name) => `**/${name}.js`),
  ...folders('services', 'commands', 'completion', 'uaac', 'sandbox'),
];

const unboundedReadMessage =
  'Use disk/bounded-read.ts (in the sandbox: sandbox/files.ts), which limits the size.';

/** Code that runs without a build: tools, configuration, and files that tests load into tpks. */
const scripts = ['**/*.mjs', '**/*.cjs', 'bin/**'];

export default defineConfig(
  { ignores: ['dist/', 'out/', 'node_modules/'] },
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
    files: ['**/*.{ts,mjs,cjs,md}', 'bin/**'],
    // These files contain the words.
    ignores: ['docs/contributing/writing.md', 'eslint/word-list.mjs', 'test/unit/word-lint.test.ts'],
    plugins: { words },
    rules: { 'words/names': 'error', 'words/texts': 'error' },
  },
  {
    files: ['**/*.md'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parser: markdownParser },
    rules: { 'max-lines': 'off', '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/**'],
    plugins: { hints },
    rules: { 'hints/required': 'error' },
  },
  {
    files: ['src/**'],
    ignores: ['src/disk/bounded-read.ts', 'src/sandbox/files.ts'],
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
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(createReadStream|readFile|readFileSync)$/]',
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
      ],
    },
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
    ['src/kube/kubeconfig/document.ts'],
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
    ['src/errors.ts', 'src/clock.ts', 'src/secret.ts'],
    [
      upwardImports(
        ...['./*/**', '!./redaction/**', '\\#*'],
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
    files: ['**/*.cjs', 'bin/**'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
