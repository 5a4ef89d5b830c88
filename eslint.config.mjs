/** Lint rules for all code. They include the import rules in `docs/contributing/architecture.md`. */
import { defineConfig } from 'eslint/config';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/** @import { ESLint } from 'eslint' */

/** Names and phrases to avoid in every context: see `docs/contributing/writing.md`. */
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
  'Use platform/disk/bounded-read.ts (in the sandbox: sandbox/files.ts), which limits the size.';

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
    message: 'Declare the variable in platform/config/environment.ts, and use env.NAME.',
  },
  {
    selector: 'ImportExpression:not([source.type="Literal"])',
    message: 'Write the path in quotes: the import rules check no other paths.',
  },
];

const hintRule = {
  selector:
    'NewExpression[callee.name="TpksError"]:not([arguments.0.value=/^(cancelled|changes)$/])' +
    ':not(:has(Property[key.name="hint"]))',
  message: 'Add a hint: the command to run next.',
};

/** These files create errors without a hint. Their callers or report.ts add it. */
const hintAddedLater = [
  'src/domain/auth/{authorization,grants}.ts',
  'src/base/errors.ts',
  'src/api/client/api-error.ts',
];

/**
 * The folders of `src`, from top to bottom. A file imports only from its own folder and from folders below it, including
 * types and `import()`. Folders in the same row do not import each other. Only `app` imports the sandbox.
 */
const folders = [
  ['cli'],
  ['uaac'],
  ['completion'],
  ['commands'],
  ['app'],
  ['domain/access-review'],
  [
    'domain/access-as-code',
    'domain/doctor',
    'domain/each',
    'domain/expiry',
    'domain/import',
    'domain/ci-trust',
  ],
  ['domain/kube'],
  ['domain/auth'],
  ['domain/contexts'],
  ['api/pks', 'api/uaa'],
  ['api/client'],
  ['platform/http', 'platform/keychain', 'platform/terminal'],
  ['platform/config'],
  ['platform/input'],
  ['platform/disk'],
  ['base'],
  ['sandbox'],
];
/** Imports of types only. Commands reach these folders through services, and only commands print and prompt. */
const typesOnly = [
  { from: ['uaac', 'commands'], to: ['app'] },
  {
    from: ['uaac', 'completion', 'commands'],
    to: ['platform/http', 'platform/keychain', 'platform/config', 'platform/disk'],
  },
  { from: ['domain/*', 'api/*'], to: ['platform/terminal'] },
];
/** Packages that only some folders import. */
const packages = {
  '@napi-rs/keyring': ['platform/keychain'],
  entities: ['api/client'],
  'openid-client': ['domain/auth'],
  'fast-string-width': ['platform/terminal'],
  chalk: ['platform/terminal'],
  commander: ['cli', 'completion', 'commands'],
  conf: ['platform/config'],
  jose: ['api/uaa', 'sandbox'],
  read: ['platform/terminal'],
  selfsigned: ['sandbox'],
  undici: ['sandbox'],
  valibot: ['api/*', 'domain/*', 'platform/*', 'sandbox'],
  yaml: ['domain/kube', 'platform/input', 'platform/terminal'],
};

/** @param {string[]} types - folders of `src`. */
const elements = (...types) => ({ element: { types: { anyOf: types } } });
const seeImports = ': see "Imports" in docs/contributing/architecture.md';
/** The last policy that matches an import determines whether it is allowed. */
const importPolicies = [
  { allow: { to: { module: { origin: ['core', 'external'] } } } },
  ...folders.map((row, index) => ({
    from: elements(...row),
    allow: { to: elements(...folders.slice(index + 1).flat()) },
  })),
  ...typesOnly.map(({ from, to }) => ({
    from: elements(...from),
    disallow: { to: elements(...to), dependency: { kind: 'value' } },
    message: `{{from.element.type}} must import only types from {{dependency.source}}${seeImports}`,
  })),
  { from: elements('commands'), allow: { to: { file: { path: 'docs/*.md' } } } },
  { disallow: { to: elements('sandbox') } },
  {
    from: elements('app'),
    allow: { to: { element: { type: 'sandbox' }, file: { path: 'src/sandbox/sandbox.ts' } } },
  },
  ...Object.entries(packages).map(([source, owners]) => ({
    from: { element: { types: { noneOf: owners } } },
    disallow: { to: { module: { source } } },
  })),
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
      'no-console': 'error',
      'no-restricted-globals': ['error', 'process'],
    },
  },
  {
    files: ['{bin,packaging,src,test,tools}/**'],
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
      // The size of a file may be unlimited, and reading a pipe without a writer never ends.
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
  {
    files: ['src/**'],
    // The types of the plugin do not match those of ESLint 10.
    plugins: { boundaries: /** @type {ESLint.Plugin} */ (/** @type {unknown} */ (boundaries)) },
    settings: {
      'boundaries/elements': folders.flat().map((type) => ({ type, pattern: `src/${type}` })),
      'boundaries/dependency-nodes': ['import', 'export', 'dynamic-import'],
      'import/resolver': { typescript: {} },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          checkAllOrigins: true,
          checkUnknownLocals: true,
          policies: importPolicies,
          message: `{{from.element.type}} must not import {{dependency.source}}${seeImports}`,
        },
      ],
    },
  },
  {
    // Reports folders that the list does not contain, and files next to the entry points.
    files: ['src/**'],
    ignores: ['src/{main,standalone}.ts'],
    rules: { 'boundaries/no-unknown-files': 'error' },
  },
  {
    files: ['test/**'],
    rules: {
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
