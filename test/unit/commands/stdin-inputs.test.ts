import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Command, type Argument, type Option } from 'commander';
import type { Services } from '../../../src/app/services.js';
import { takesFileNames } from '../../../src/commands/completers.js';
import { defineCommand } from '../../../src/commands/command-table.js';
import { contents } from '../../../src/commands/index.js';
import { canReadStdin } from '../../../src/commands/stdin-inputs.js';
import type { Send } from '../../../src/platform/http/send.js';
import { listCommands } from '../../support/commands/leaves.js';
import { fakeSend, probeResponse, toResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { aQuota } from '../../support/fixtures/contexts-and-clusters.js';
import { createUser, type TestUser } from '../../support/program/cli.js';
import { collectOutput, loginCommand } from '../../support/program/headless.js';
import { loadBundled } from '../../support/program/load-bundled.js';
import { runWithResponses } from '../../support/servers/answering-server.js';
import { createCertificates } from '../../support/servers/certificates.js';

const { run } = await loadBundled();

/** Accepts every login and every change, and returns empty lists. */
const installation: Send = ({ url, method }) => {
  const { pathname } = new URL(url);
  if (pathname === '/oauth/token') return Promise.resolve(toResponse({ body: tokenBody }));
  const isList = method === 'GET' && pathname.startsWith('/v1/');
  const body = isList ? [] : { uuid: 'id', name: 'x', resources: [], totalResults: 0 };
  return Promise.resolve(toResponse({ body }));
};

/** Runs a command whose stdin stays open and never sends anything. */
async function runWithSilentStdin(
  user: TestUser,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const counted = { reads: 0 };
  const stdin = new Readable({
    read: () => {
      counted.reads += 1;
    },
  });
  const stderr = collectOutput();
  const io = {
    stdin,
    stdout: collectOutput().stream,
    stderr: stderr.stream,
    env: { ...user.env, TPKS_STORE: 'file', ...env },
    platform: process.platform,
  };
  const code = await run(words, io, { send: installation });
  const isListenedTo = stdin.listenerCount('data') + stdin.listenerCount('readable') > 0;
  return { code, stderr: stderr.text(), reads: counted.reads, isListenedTo };
}

const login = ['login', '-a', 'pks.test', '-u', 'cody', '-p', 'pw'];

describe('a stdin that never sends anything is not read', () => {
  const user = createUser();
  beforeAll(async () => {
    expect(await runWithSilentStdin(user, login)).toMatchObject({ code: 0 });
  });

  test.each<[readonly string[], Record<string, string>?]>([
    [login],
    [login, { TPKS_PASSWORD_FILE: '-' }],
    [['clusters']],
    [['clusters'], { TPKS_USERNAME: 'cody', TPKS_PASSWORD_FILE: '-' }],
    [['clusters'], { TPKS_CLIENT_NAME: 'pks_cli', TPKS_CLIENT_SECRET_FILE: '-' }],
    [['status']],
    [['token']],
    [['contexts']],
    [['curl', '/v1/clusters']],
    [['delete-cluster', 'dev-1', '--non-interactive']],
    [['delete-cluster', 'dev-1', '--dry-run']],
    [['delete-network-profile', 'one', '--non-interactive']],
    [['uaa', 'users']],
    [['uaa', 'token', 'client', 'get', 'admin', '-s', 'secret']],
    [['help']],
    [['no-such-command']],
    [['logout']],
    // There is no session after the logout.
    [['delete-cluster', 'dev-1']],
  ])('by tpks %j with %j', async (words, env = {}) => {
    expect(await runWithSilentStdin(user, words, env)).toMatchObject({
      reads: 0,
      isListenedTo: false,
    });
  });

  const newUser = createUser();

  test.each([
    ['delete-cluster', 'dev-1'],
    ['resize', 'dev-1', '--num-nodes', '3'],
    ['update-cluster', 'dev-1', '--num-nodes', '3'],
    ['upgrade-cluster', 'dev-1'],
    ['delete-network-profile', 'one'],
    ['delete-kubernetes-profile', 'one'],
    ['delete-compute-profile', 'one'],
    ['delete-quota', 'cody'],
  ])('by tpks %s %s without a session', async (...words) => {
    expect(await runWithSilentStdin(newUser, words)).toMatchObject({ code: 4, reads: 0 });
  });
});

/** Paths that a command writes to, paths of URLs, and command lines. */
const notRead = [
  'tpks sandbox --dir',
  'tpks sandbox --log',
  'tpks uaa client add --generate-key',
  'tpks uaa client jwt add --generate-key',
  'tpks uaa client jwt rotate --generate-key',
  'tpks access --html',
  'tpks each command',
  'tpks curl path',
  'tpks uaa curl path',
  // Also written, and locked next to the file.
  'tpks get-credentials --kubeconfig',
  'tpks get-kubeconfig --kubeconfig',
  'tpks kubeconfig list --kubeconfig',
  'tpks kubeconfig remove --kubeconfig',
];

interface FileTarget {
  readonly name: string;
  readonly target: Argument | Option;
}

/** Finds the arguments and options of all commands that contain the name of a file to read. */
async function findFileTargets(): Promise<FileTarget[]> {
  const found = (await listCommands(contents)).flatMap(({ words, entry, part }) => {
    const command = new Command(entry.name);
    defineCommand(command, part, {} as Services);
    return [
      ...command.registeredArguments.map((target) => ({ name: target.name(), target })),
      ...command.options.map((target) => ({ name: target.long ?? '', target })),
    ]
      .filter(({ name, target }) => {
        const isPath = 'flags' in target && /[<[](path|file)/.test(target.flags) && !target.hidden;
        return takesFileNames(target) || isPath || /^(file|path)$/.test(name);
      })
      .map(({ name, target }) => ({ name: `tpks ${words} ${name}`, target }));
  });
  return found.filter(({ name }) => !notRead.includes(name));
}

const fileTargets = await findFileTargets();

test('every argument and option for a file to read accepts - and says so', () => {
  expect(fileTargets.length).toBeGreaterThan(20);
  const others = fileTargets.filter(
    ({ target }) => !canReadStdin(target) || !/- for stdin/.test(target.description),
  );
  expect(others.map(({ name }) => name)).toEqual([]);
});

const created = { 'POST /v1/network-profiles': { name: 'p' }, 'POST /v1/clusters': { name: 'c' } };
const clusterWords = ['create-cluster', 'c', '-e', 'c.example.com', '-p', 'small'];

describe('a file on stdin', () => {
  test.each([
    ['a YAML profile', ['create-network-profile', '-'], 'name: p\nparameters: {}\n'],
    ['a JSON profile', ['create-network-profile', '-'], '\ufeff{"name":"p","parameters":{}}'],
    ['--config-file in YAML', [...clusterWords, '--config-file', '-'], 'net_permissions: []\n'],
    ['--config-file in JSON', [...clusterWords, '--config-file', '-'], '{"net_permissions":[]}'],
    [
      '--private-registries',
      [...clusterWords, '--private-registries', '-'],
      'servers: [{url: https://r.test}]',
    ],
  ])('can be %s', async (_name, words, stdin) => {
    const { code, requests, stderr } = await runWithResponses(created, words, { stdin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(requests).toHaveLength(1);
  });

  test('is named stdin in errors, with line numbers', async () => {
    const words = ['create-network-profile', '-', '--json'];
    const { code, requests, stderr } = await runWithResponses(created, words, {
      stdin: '\nparameters: {}\n',
    });
    expect({ code, requests }).toEqual({ code: 2, requests: [] });
    expect(stderr).toContain('Nothing was sent: stdin has 1 problem');
    expect(stderr).toMatch(/line \d: .*name/);
  });

  test('can be a CA certificate; a text without one is a usage error', async () => {
    const { ca } = await createCertificates();
    const target = ['uaa', 'target', 'uaa.test', '--force', '--ca-cert', '-', '--json'];
    const { stdout } = await runWithResponses({}, target, { stdin: ca.cert });
    expect(JSON.parse(stdout)).toMatchObject({ hasCaCert: true });
    for (const words of [target, ['login', '-a', 'a.test', '-u', 'cody', '--ca-cert', '-']]) {
      const { code, requests, stderr } = await runWithResponses({}, words, { stdin: 'ca.pem' });
      expect({ code, requests }).toEqual({ code: 2, requests: [] });
      expect(stderr).toContain(
        'Failed to parse certificate from stdin: it does not contain a PEM certificate',
      );
    }
  });

  test('can be an access file, whose confirmation needs --yes', async () => {
    const bodies = {
      'GET /Groups': { resources: [], totalResults: 0 },
      'POST /Groups': { id: 'g-1', displayName: 'team.a' },
    };
    const stdin = 'groups:\n  team.a: {}\n';
    const plan = await runWithResponses(bodies, ['uaa', 'plan', '-f', '-'], { stdin });
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('+ group team.a') });
    const unconfirmed = await runWithResponses(bodies, ['uaa', 'apply', '-f', '-'], { stdin });
    expect(unconfirmed.code).toBe(2);
    expect(unconfirmed.requests).not.toContain('POST /Groups');
    expect(unconfirmed.stderr).toContain(
      'Cannot prompt because stdin was read for --file: Apply this change?',
    );
    expect(unconfirmed.stderr).toContain('add --yes to skip the confirmation');
    const confirmed = await runWithResponses(bodies, ['uaa', 'apply', '-f', '-', '-y'], { stdin });
    expect(confirmed.code).toBe(0);
    expect(confirmed.requests).toContain('POST /Groups');
  });

  test('leaves no input for a confirmation at the PKS API, even on a terminal', async () => {
    const words = ['update-cluster', 'c', '--config-file', '-'];
    for (const options of [{}, { terminalColumns: 80 }]) {
      const { code, requests, stderr } = await runWithResponses(created, words, {
        stdin: 'net_permissions: []\n',
        ...options,
      });
      expect({ code, requests }).toEqual({ code: 2, requests: [] });
      expect(stderr).toContain('Cannot prompt because stdin was read for --config-file');
      expect(stderr).toContain('add --yes to skip the confirmation');
    }
  });
});

test.each([
  [
    [...clusterWords, '--config-file', '-', '--private-registries', '-'],
    '--config-file and --priv',
  ],
  [['login', '-a', 'a.test', '-u', 'c', '--ca-cert', '-', '--password-stdin'], '--password-stdin'],
  [['uaa', 'token', 'decode', '-', '--key', '-'], 'TOKEN and --key'],
  [['uaa', 'token', 'refresh', '-', '-c', 'c', '--secret-file', '-'], 'REFRESHTOKEN and --secret'],
  [
    ['uaa', 'token', 'owner', 'get', 'c', 'u', '--secret-file', '-', '--password-stdin'],
    '--password-stdin',
  ],
  [
    ['uaa', 'secret', 'change', '--old-secret-file', '-', '--secret-file', '-'],
    'secret-file and --',
  ],
])('%j sends nothing, because two inputs are on stdin', async (words, names) => {
  const { code, requests, stderr } = await runWithResponses(created, words, { stdin: '{}' });
  expect({ code, requests }).toEqual({ code: 2, requests: [] });
  expect(stderr).toContain(names);
  expect(stderr).toContain('use stdin, which can be read only once');
});

test('a variable for stdin and an option for stdin are rejected before anything is sent', async () => {
  const { code, requests, stderr } = await runWithResponses(
    created,
    ['create-network-profile', '-'],
    {
      stdin: 'name: p\nparameters: {}\n',
      env: { TPKS_PASSWORD: undefined, TPKS_PASSWORD_FILE: '-' },
    },
  );
  expect({ code, requests }).toEqual({ code: 2, requests: [] });
  expect(stderr).toContain('the profile and TPKS_PASSWORD_FILE use stdin');
});

const installationLine = 'Installation https://pks.test:9021, user cody';

/** Commands that ask for confirmation, and the change that they send. */
const confirmedCommands = [
  {
    command: 'delete-cluster dev-1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'DELETE',
    prompt: 'Are you sure you want to delete cluster dev-1? (y/n) ',
  },
  {
    command: 'resize dev-1 -n 1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'PATCH',
    prompt: 'Are you sure you want to resize cluster dev-1 to 1? (y/n): ',
  },
  {
    command: 'update-cluster dev-1 -n 1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'PATCH',
    summary: 'Update summary for cluster dev-1:\nWorker Number: 1\n',
    prompt: 'Are you sure you want to continue? (y/n): ',
  },
  {
    command: 'delete-quota dana',
    path: '/v1/quotas/dana',
    body: aQuota({ owner: 'dana' }),
    change: 'DELETE',
    prompt: 'Are you sure you want to delete the quota of dana? (y/n): ',
  },
  // test/e2e/profiles.test.ts tests the other profiles.
  {
    command: 'delete-network-profile p',
    path: '/v1/network-profiles/p',
    body: { name: 'p' },
    change: 'DELETE',
    prompt: 'Are you sure you want to delete the network profile p? (y/n): ',
  },
];

describe.each(confirmedCommands)('the confirmation of tpks $command', (row) => {
  const { command, path, body, change, prompt, summary = '' } = row;
  const words = command.split(' ');
  const bodies = { [`GET ${path}`]: body, [`${change} ${path}`]: '' };

  test('names the installation and identity, after the resource was read', async () => {
    const { code, stderr, requests } = await runWithResponses(bodies, words, { stdin: 'y\n' });
    const text = `${summary}${installationLine}\n${prompt}y\n`;
    expect({ code, stderr }).toEqual({ code: 0, stderr: text });
    expect(requests).toEqual([`GET ${path}`, `${change} ${path}`]);
  });

  test('changes nothing if the user does not confirm', async () => {
    const { stderr, requests } = await runWithResponses(bodies, words, { stdin: 'n\n' });
    expect(stderr).toContain(`${installationLine}\n${prompt}n\n`);
    expect(stderr).toMatch(/\n(?:Cancelled|Nothing was deleted)\n$/);
    expect(requests).toEqual([`GET ${path}`]);
  });

  test('fails without a prompt if the resource does not exist', async () => {
    const { code, stderr, requests } = await runWithResponses({}, words, { stdin: 'y\n' });
    expect(code).toBe(1);
    expect(stderr.replace(summary, '')).toMatch(/^\nError: .* not found/);
    expect(requests).toEqual([`GET ${path}`]);
  });

  test('sends only the change with --non-interactive', async () => {
    const { code, stderr, requests } = await runWithResponses(bodies, [
      ...words,
      '--non-interactive',
    ]);
    expect({ code, stderr, requests }).toEqual({
      code: 0,
      stderr: summary,
      requests: [`${change} ${path}`],
    });
  });

  test('sends nothing if it cannot prompt', async () => {
    const { code, requests } = await runWithResponses(bodies, words);
    expect({ code, requests }).toEqual({ code: 2, requests: [] });
  });
});

describe('tpks logout --all', () => {
  async function createLoggedInUser() {
    const user = createUser();
    const { send } = fakeSend({ body: tokenBody }, probeResponse);
    await user.tpks(loginCommand, { send });
    return (words: string, options: object) => user.tpks(words.split(' '), { send, ...options });
  }

  test('names every installation and identity and asks for confirmation on a terminal', async () => {
    const tpks = await createLoggedInUser();
    const cancelled = await tpks('logout --all', { terminalColumns: 80, stdin: 'n\r' });
    expect(cancelled.stderr).toContain(`${installationLine}\n`);
    expect(cancelled.stderr).toContain('Are you sure you want to log out of all contexts? (y/n): ');
    expect((await tpks('contexts', {})).stdout).toMatch(/yes\s*$/);
    const confirmed = await tpks('logout --all', { terminalColumns: 80, stdin: 'y\r' });
    expect(confirmed.code).toBe(0);
    expect((await tpks('contexts', {})).stdout).toMatch(/no\s*$/);
  });

  test('logs out without confirmation in a script', async () => {
    const tpks = await createLoggedInUser();
    expect(await tpks('logout --all', {})).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('Are you sure'),
    });
  });
});
