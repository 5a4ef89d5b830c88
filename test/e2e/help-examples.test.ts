import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpsSend } from '../../src/platform/http/https-send.js';
import type { Send } from '../../src/platform/http/send.js';
import { examplesIn, renderHelpPages } from '../support/commands/help-pages.js';
import { createFastClock } from '../support/fakes/fast-clock.js';
import { jwt } from '../support/fixtures/jwt.js';
import { credsFile } from '../support/fixtures/old-cli-files.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { isOtherProgram, preloadVariables } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const pages = await renderHelpPages();
const allExamples = [...new Set(pages.flatMap(examplesIn))];
const needsKubectl = (line: string) => /^tpks each .*kubectl/.test(line);
const examples = allExamples.filter((line) => !needsKubectl(line));

/** The options that make a shell ignore the settings of the user. */
const shells = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] };
type Shell = keyof typeof shells;

/** Returns the shell that runs an example: some load the completion script for a shell. */
const shellOf = (line: string): Shell =>
  /\bcompletion zsh\)/.test(line) ? 'zsh' : line.endsWith('| source') ? 'fish' : 'bash';
const examplesFor = (shell: Shell) => examples.filter((line) => shellOf(line) === shell);

/** What an example needs in addition to the sandbox and the contexts of alana, cody, the client ci and the client admin. */
interface Preparation {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The input is a one-time code of this user. */
  readonly passcodeOf?: string;
  /** Whether the example prompts on a terminal. */
  readonly isTerminal?: boolean;
  /** tpks commands to run first. Failures are ignored, because the resources may already exist or be deleted. */
  readonly before?: readonly string[];
  /** The exit code, if it is not 0. */
  readonly code?: number;
}

/** Lets an operation of an earlier example finish, and creates the cluster unless it exists. */
const createCluster = (name: string) => [
  `tpks wait ${name}`,
  `tpks create-cluster ${name} -e ${name}.example.com -p small --wait`,
  `tpks wait ${name}`,
];
const ciReader =
  'tpks uaa client add ci-reader --authorized_grant_types client_credentials -s first-secret';
const addTrust = 'tpks uaa trust add app --github octo/app --environment prod --yes';
const mapping = 'pks.clusters.manage cn=dev,ou=groups,dc=example';

/** The first pattern that matches an example applies. */
const preparations: readonly (readonly [RegExp, Preparation])[] = [
  [/^tpks login .*-u cody/, { env: { TPKS_PASSWORD: 'cody-password' } }],
  [/ --sso$| sso get /, { passcodeOf: 'cody' }],
  // The contexts of the file must not exist yet.
  [/ import /, { env: { TPKS_HOME: 'new', PKS_HOME: '.' } }],
  // Its connections do not go through `send`, and nothing listens on the default ports.
  [/ doctor/, { env: { TPKS_HOME: 'new' } }],
  // The clusters have addresses that do not exist.
  [/ expiry$/, { code: 5 }],
  [/ expiry .*--exit-code/, { code: 5 }],
  [
    / create-cluster dev-9/,
    { before: ['tpks wait dev-9', 'tpks delete-cluster dev-9 --non-interactive --wait'] },
  ],
  [
    / wait dev-2 --for deleted/,
    { before: [...createCluster('dev-2'), 'tpks delete-cluster dev-2 --non-interactive'] },
  ],
  [
    / kubeconfig remove dev-1/,
    {
      before: [...createCluster('dev-1'), 'echo alana-password | tpks get-credentials dev-1'],
    },
  ],
  [/^tpks each /, { before: ['echo alana-password | tpks get-credentials dev-1'] }],
  [/ upgrade-clusters /, { before: ['dev-1', 'dev-2', 'dev-3'].flatMap(createCluster) }],
  [
    /^tpks get-credentials .*--all-contexts/,
    // Passwords in variables are not used.
    { before: [...createCluster('dev-1'), 'echo alana-password | tpks get-credentials dev-1'] },
  ],
  [
    /^tpks get-credentials /,
    {
      before: ['dev-1', 'dev-2', 'dev-3'].flatMap(createCluster),
      env: { PKS_USER_PASSWORD: 'alana-password' },
    },
  ],
  [
    /^tpks get-kubeconfig /,
    { before: createCluster('dev-1'), env: { PKS_USER_PASSWORD: 'cody-password' } },
  ],
  [/^tpks [a-z-]+ dev-1/, { before: createCluster('dev-1') }],
  [/ wait dev-2/, { before: createCluster('dev-2') }],
  // There is no CI job here; ci-login.test.ts tests the login.
  [/ login .*--ci/, { code: 2 }],
  // The upgrade of this task failed.
  [/ wait --task /, { code: 1 }],
  ...['network', 'kubernetes', 'compute'].flatMap((kind): [RegExp, Preparation][] => [
    [
      new RegExp(`create-${kind}-profile`),
      { before: [`tpks delete-${kind}-profile new --non-interactive`] },
    ],
    [
      new RegExp(`delete-${kind}-profile`),
      { before: [`tpks create-${kind}-profile old-${kind}-profile.json`] },
    ],
  ]),
  [
    / kube-credential /,
    {
      before: [
        // A cluster that belongs to cody.
        ...createCluster('dev-4').map((line) => `${line} --context cody@localhost`),
        'echo cody-password | tpks get-credentials dev-4 --context cody@localhost',
      ],
    },
  ],
  [/ create-quota cody/, { before: ['tpks delete-quota cody --non-interactive'] }],
  // The token of an unknown issuer.
  [/ uaa trust test app /, { code: 1, before: [addTrust] }],
  [/ uaa trust show app/, { before: [addTrust] }],
  [/quota dana/, { before: ['tpks create-quota dana --cpu 16 --memory 64 --clusters 3'] }],
  [/ uaa me$/, { before: ['tpks uaa context alana@localhost'] }],
  // Other examples revoke the refresh token of alana's context.
  [/ token refresh$/, { before: ["tpks uaa token owner get cf alana -s '' -p alana-password"] }],
  [/ token client get admin$/, { env: { TPKS_CLIENT_SECRET: 'adminsecret' } }],
  [/ token owner get /, { env: { TPKS_PASSWORD: 'alana-password' } }],
  // These wait for a browser, so the test interrupts them after they have printed the address.
  [/ token (authcode|implicit) get /, { code: 130 }],
  [/ token get cody/, { env: { TPKS_PASSWORD: 'cody-password' } }],
  [
    / user add erin/,
    {
      before: ['tpks uaa user delete erin --if-exists'],
      env: { TPKS_NEW_PASSWORD: 'erin-password' },
    },
  ],
  [
    / user delete erin/,
    { before: ['tpks uaa user add erin --emails erin@example.com -p erin-password'] },
  ],
  [/ password set cody/, { env: { TPKS_NEW_PASSWORD: 'another-password' } }],
  [
    / password change/,
    {
      before: [
        'tpks uaa client add portal --authorized_grant_types password --scope password.write -s portal-secret',
        'tpks uaa member add password.write naomi',
        'tpks uaa token owner get portal naomi -s portal-secret -p naomi-password',
      ],
      env: { TPKS_PASSWORD: 'naomi-password', TPKS_NEW_PASSWORD: 'another-password' },
    },
  ],
  // UAA 74 removed this feature.
  [/ password strength/, { isTerminal: true, stdin: 'a-password\n', code: 1 }],
  [/ group add /, { before: ['tpks uaa group delete team.blue'] }],
  [/ group delete /, { before: ['tpks uaa group add team.blue'] }],
  [/ group map /, { before: [`tpks uaa group unmap ${mapping}`] }],
  [/ group unmap /, { before: [`tpks uaa group map --name ${mapping}`] }],
  [/ client add ci-reader/, { before: ['tpks uaa client delete ci-reader --if-exists'] }],
  [
    / secret change/,
    {
      before: [
        'tpks uaa client add worker --authorized_grant_types client_credentials --authorities clients.secret -s first-secret',
        'tpks uaa token client get worker -s first-secret',
      ],
      env: { TPKS_CLIENT_SECRET: 'first-secret' },
    },
  ],
  [/ secret delete /, { before: [ciReader, 'tpks uaa secret add ci-reader -s second-secret'] }],
  [
    / jwt rotate /,
    {
      before: [
        'tpks uaa client delete ci-reader --if-exists',
        'tpks uaa client add ci-reader --generate-key ci-reader.jwk',
      ],
    },
  ],
  [/ ci-reader/, { before: [ciReader] }],
  [/ -f access\.yml/, { before: ['tpks uaa export > access.yml'] }],
];

const profiles = {
  network: { lb_size: 'small' },
  kubernetes: undefined,
  compute: {
    azs: [{ name: 'az-1', cpi: 'abc012abc345abc567de', cloud_properties: {} }],
    master_azs: ['az-1'],
    worker_azs: ['az-1'],
  },
};
const customizations = [
  { component: 'kube-apiserver', arguments: { 'service-node-port-range': '30000-40000' } },
];

/** Files that examples read. */
const files: Readonly<Record<string, string>> = {
  'accepted.yml': '[{id: client-admin-authority, identity: admin, reason: used by these tests}]',
  'ci.secret': 'ci-secret',
  'token.txt': jwt({ iss: 'https://ci.example.com', sub: 'job', aud: 'uaa' }),
  ...Object.fromEntries(
    Object.entries(profiles).flatMap(([kind, parameters]) => {
      const fields =
        parameters === undefined ? { customizations } : { description: kind, parameters };
      return ['new', 'old'].map((name) => [
        `${name === 'old' ? 'old-' : ''}${kind}-profile.json`,
        JSON.stringify({ name, ...fields }),
      ]);
    }),
  ),
};

const redirection = fileURLToPath(
  new URL('../support/preload/sandbox-at-default-ports.cjs', import.meta.url),
);
const clock = createFastClock();
let sandbox: TestSandbox;
let send: Send;
let base: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox({
    // A separate process cannot use the fast clock, and would wait for the full time.
    provisionSeconds: isOtherProgram ? 0 : 1,
    tokenSeconds: 86_400,
    now: () => clock.now().getTime(),
  });
  const toSandbox = createHttpsSend({
    timeoutSeconds: 10,
    caCert: sandbox.caPem,
    skipTlsVerification: false,
    systemRoots: () => [],
  });
  // The examples name the default ports, which may be in use, and a host that does not exist.
  send = (request) =>
    toSandbox({
      ...request,
      url: request.url
        .replace(/^https:\/\/(localhost|api\.example\.com):9021/, sandbox.api)
        .replace(/^https:\/\/(localhost|api\.example\.com):8443/, sandbox.uaa),
    });
  base = createUser();
  writeFiles(base);
  for (const [line, env] of [
    ['tpks login -a localhost --ca-cert ca.pem -u cody', { TPKS_PASSWORD: 'cody-password' }],
    ['tpks uaa target localhost:8443 --ca-cert ca.pem', {}],
    ['tpks uaa token client get admin -s adminsecret', {}],
    [
      'tpks uaa client add ci --authorized_grant_types client_credentials --authorities pks.clusters.admin -s ci-secret',
      {},
    ],
    ['tpks login -a localhost --client-name ci', { TPKS_CLIENT_SECRET: 'ci-secret' }],
    ['tpks login -a localhost -u alana', { TPKS_PASSWORD: 'alana-password' }],
  ] as const) {
    const result = await runLine(base, line, { env });
    if (result.code !== 0) throw new Error(`${line}: ${result.stderr}`);
  }
  const { accessToken, refreshToken = '' } = await base.readSession('alana@localhost');
  writeFileSync(
    join(dirname(base.home), 'creds.yml'),
    credsFile({ api: 'https://localhost', caCert: sandbox.caPem, accessToken, refreshToken }),
    { mode: 0o600 },
  );
});

afterAll(() => sandbox.close());

describe('examples in help pages', () => {
  test.each(examplesFor('bash'))('%s', expectSuccess);
  describeIfPart('kubectl', 'for kubectl', () => {
    test.each(allExamples.filter(needsKubectl))('%s', expectSuccess);
  });
  for (const shell of ['zsh', 'fish'] as const) {
    describeIfPart(shell, `for ${shell}`, () => {
      test.each(examplesFor(shell))('%s', expectSuccess);
    });
  }
});

async function expectSuccess(line: string): Promise<void> {
  const user = createUser();
  cpSync(dirname(base.home), dirname(user.home), { recursive: true });
  const [, preparation = {}] = preparations.find(([pattern]) => pattern.test(line)) ?? [];
  for (const command of preparation.before ?? []) await runLine(user, command, {});
  const result = await runLine(user, line, {
    ...preparation,
    ...(preparation.passcodeOf === undefined
      ? {}
      : { stdin: `${await sandbox.passcode(preparation.passcodeOf)}\n` }),
  });
  const { code: expected = 0 } = preparation;
  const message = result.code === expected ? '' : result.stderr;
  expect({ code: result.code, message }).toEqual({ code: expected, message: '' });
}

function writeFiles(user: TestUser): void {
  const folder = dirname(user.home);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), readFileSync(sandbox.caCert));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
}

/**
 * Runs a line as a shell would; everything except tpks runs in a shell. Output that is
 * redirected to a path outside of the current folder is discarded.
 */
async function runLine(user: TestUser, line: string, { stdin = 'y\n', ...rest }: Preparation) {
  let result: TpksResult = { code: 0, stdout: stdin, stderr: '' };
  for (const command of line.split(' | ')) {
    const [, words = command, file = ''] = /^(.*?)(?: > (\S+))?$/.exec(command) ?? [];
    const expanded = await withSubstitutions(user, words);
    result = expanded.startsWith('tpks ')
      ? await runTpks(user, wordsOf(expanded).slice(1), { ...rest, stdin: result.stdout })
      : await runShell(shellOf(line), expanded, result.stdout);
    if (/^[\w.-]+$/.test(file)) writeFileSync(join(dirname(user.home), file), result.stdout);
    if (result.code !== 0) break;
  }
  return result;
}

/** Replaces `$(tpks ...)` by the output of the command. */
async function withSubstitutions(user: TestUser, line: string): Promise<string> {
  const [all, inner] = /"\$\((tpks [^)]*)\)"/.exec(line) ?? [];
  if (all === undefined || inner === undefined) return line;
  const { stdout } = await runTpks(user, wordsOf(inner).slice(1), {});
  return line.replace(all, () => `'${stdout.trimEnd().replaceAll("'", "'\\''")}'`);
}

function runTpks(
  user: TestUser,
  words: readonly string[],
  { env, stdin = '', isTerminal = false }: Preparation,
): Promise<TpksResult> {
  if (words[0] === 'sandbox') return runSandbox(user, words);
  const isWaitingForBrowser = (message: string) => message.includes('Waiting for the response at');
  // In this process, an interrupted command would not free its port before the end of the worker.
  const isBrowserLogin = words.some((word) => /^(authcode|implicit)$/.test(word));
  // kubectl starts tpks again, to get a token.
  const startsKubectl = words[0] === 'each';
  if (isOtherProgram || isBrowserLogin || startsKubectl) {
    const allEnv = { TPKS_STORE: 'file', ...toSandboxEnv(), ...env };
    return isTerminal
      ? runAtTerminal(user, words, allEnv, stdin)
      : user.spawn(words, {
          env: allEnv,
          stdin,
          started: (child) =>
            child.stderr?.on('data', (message: Buffer) => {
              if (isWaitingForBrowser(String(message))) child.kill('SIGINT');
            }),
        });
  }
  return user.tpks(words, {
    env: { TPKS_STORE: 'file', ...env },
    ...{ stdin, send, clock },
    ...(isTerminal ? { terminalColumns: 80 } : {}),
  });
}

/** Makes a separate process send its requests to the sandbox, although it uses other ports. */
function toSandboxEnv(): Readonly<Record<string, string>> {
  const { api, uaa } = sandbox;
  return {
    ...preloadVariables(redirection),
    TPKS_TEST_API: api,
    TPKS_TEST_UAA: uaa,
    SSL_CERT_FILE: sandbox.caCert,
  };
}

async function runAtTerminal(
  user: TestUser,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<TpksResult> {
  const terminal = user.atTerminal(words, env);
  terminal.type(input);
  const code = await terminal.exited;
  if (typeof code === 'string') throw new Error(`tpks was ended by ${code}`);
  return { code, stdout: terminal.screen(), stderr: terminal.screen() };
}

/** The sandbox runs until Ctrl-C; its first output means that it is ready. */
function runSandbox(user: TestUser, words: readonly string[]) {
  return user.spawn(words, {
    started: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });
}

/** Does not block, because the sandbox runs in this process. */
async function runShell(shell: Shell, line: string, input: string) {
  const command = line.replace('https://localhost:9021', sandbox.api);
  // In fish, source reads only files and pipes, but stdin is a socket here.
  const piped = shell === 'fish' ? `cat | ${command}` : command;
  const child = spawn(shell, [...shells[shell], '-c', piped], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', CURL_CA_BUNDLE: sandbox.caCert },
  });
  // Most commands do not read stdin.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code: code ?? 1, stdout, stderr };
}

/** Splits a line into words: blanks separate them, and quotes keep them together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}
