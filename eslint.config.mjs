// Enforces the import rules of `docs/architecture.md`.
import tseslint from 'typescript-eslint';

/** Packages that only these files may import. */
const homes = {
  'openid-client': ['src/auth/{authorization,grants,oauth-client}.ts'],
  '@napi-rs/keyring': ['src/keychain/os-keychain.ts'],
  conf: ['src/config/settings.ts'],
  chalk: ['src/terminal/palette.ts'],
  read: ['src/terminal/prompt.ts'],
  'string-width': ['src/terminal/display-width.ts'],
  yaml: ['src/input/yaml.ts', 'src/terminal/yaml.ts'],
  valibot: ['src/{access,auth,config,http,input,pks,uaa}/**'],
  'entities/decode': ['src/http/status-error.ts', 'src/sandbox/uaa/html-escape.ts'],
  jose: ['src/uaa/tokens/token-signature.ts', 'src/sandbox/**'],
  selfsigned: ['src/sandbox/**'],
  undici: ['src/sandbox/http-client.ts'],
};

const refuse = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: patterns.map((pattern) => ({ allowTypeImports: true, ...pattern })) },
    ],
  },
});

const folder = (...names) => names.map((name) => `**/${name}/**`);
const packagesBut = (...kept) => ({
  group: Object.keys(homes).filter((name) => !kept.includes(name)),
  message: 'Only some files may import this package: see homes in eslint.config.mjs.',
});
/** Refuses imports of types as well. */
const upwards = (...group) => ({
  group,
  allowTypeImports: false,
  message: 'Imports go down only, for types as well: see docs/architecture.md.',
});
const aboveServices = [
  ...['main', 'cli', 'run', 'program', 'services'].map((name) => `**/${name}.js`),
  ...folder('services', 'commands', 'completion', 'sandbox'),
];

const unboundedRead =
  'Use disk/bounded-read.ts (in the sandbox: sandbox/read-file.ts), which limits the size.';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '**/*.mjs', '**/*.cjs', 'bin/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'process'],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/disk/bounded-read.ts', 'src/sandbox/read-file.ts'],
    rules: {
      // A file may be endless, or a pipe without a writer.
      'no-restricted-imports': [
        'error',
        {
          paths: ['fs', 'node:fs', 'fs/promises', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['createReadStream', 'read', 'readFile', 'readFileSync', 'readSync'],
            message: unboundedRead,
          })),
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(createReadStream|readFile|readFileSync)$/]',
          message: unboundedRead,
        },
        {
          selector: 'BinaryExpression[operator="instanceof"][right.name="TpksError"]',
          message: 'Use isTpksError: instanceof fails across bundle files.',
        },
        {
          selector:
            'MemberExpression[computed=true][property.value=/^(TPKS_|FORCE_COLOR$|NO_COLOR$|HTTPS_PROXY$|NO_PROXY$)/]',
          message: 'Declare the variable in config/environment.ts, and write env.NAME.',
        },
      ],
    },
  },
  refuse(
    ['src/commands/**', 'src/completion/**'],
    [
      packagesBut(),
      {
        group: [
          ...folder('access', 'auth', 'uaa', 'pks', 'http', 'keychain', 'config', 'sandbox'),
          // Pure functions over plain values: importing them loads nothing else.
          '!**/access/model.js',
          '!**/auth/claims.js',
          '!**/auth/login-command.js',
          '!**/contexts/installation.js',
          '!**/uaa/client-attributes.js',
          '!**/http/decode.js',
          '!**/http/status-error.js',
          // The commands' own folders of these names.
          '!./access/**',
          '!./uaa/**',
        ],
        message: 'A command calls services and imports only their types.',
      },
    ],
  ),
  refuse(
    ['src/access/**', 'src/auth/**', 'src/contexts/**'],
    [
      packagesBut('openid-client', 'valibot'),
      { group: folder('terminal'), message: 'Only types of the terminal: return values instead.' },
      upwards(...aboveServices),
    ],
  ),
  ...[
    ['pks', 'uaa', 'valibot'],
    ['uaa', 'pks', 'jose', 'valibot'],
  ].map(([api, other, ...packages]) =>
    refuse(
      [`src/${api}/**`],
      [
        packagesBut(...packages),
        {
          group: folder('terminal'),
          message: 'Only types of the terminal: return values instead.',
        },
        upwards(...aboveServices, ...folder('access', 'auth', 'contexts', other)),
      ],
    ),
  ),
  refuse(
    ['http', 'keychain', 'config', 'disk', 'input', 'redaction', 'terminal'].map(
      (name) => `src/${name}/**`,
    ),
    [upwards(...aboveServices, ...folder('access', 'auth', 'contexts', 'pks', 'uaa'))],
  ),
  refuse(
    ['src/errors.ts', 'src/clock.ts', 'src/secret.ts'],
    [upwards('./*/**', '!./redaction/**', './services.js', './program.js', './run.js')],
  ),
  ...['..', '../..', '../../..'].map((outside, depth) =>
    refuse(
      [`src/sandbox/${'*/'.repeat(depth)}*.ts`],
      [
        {
          group: [`${outside}/*`],
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
);
