import { Command, type Argument, type Option } from 'commander';
import { describe, expect, test } from '@jest/globals';
import { takesFileNames } from '../../../src/completion/completer.js';
import { defineCommand, type Entry } from '../../../src/commands/contents.js';
import { contents } from '../../../src/commands/index.js';
import { canReadStdin } from '../../../src/commands/stdin-inputs.js';
import type { Services } from '../../../src/services.js';
import { runWithResponses } from '../../support/servers/answering-server.js';
import { createCertificates } from '../../support/servers/certificates.js';

/** Paths that a command writes to, and paths of URLs. */
const notRead = [
  'tpks sandbox --dir',
  'tpks sandbox --log',
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
async function findFileTargets(
  entries: readonly Entry[] = contents,
  path = 'tpks',
): Promise<FileTarget[]> {
  const found: FileTarget[] = [];
  for (const { name, load } of entries) {
    const words = `${path} ${name}`;
    const part = await load();
    if ('contents' in part) {
      found.push(...(await findFileTargets(part.contents, words)));
      continue;
    }
    const command = new Command(name);
    defineCommand(command, part, {} as Services);
    const targets = [
      ...command.registeredArguments.map((target) => ({ name: target.name(), target })),
      ...command.options.map((target) => ({ name: target.long ?? '', target })),
    ];
    for (const { name: targetName, target } of targets) {
      const isPath = 'flags' in target ? /[<[](path|file)/.test(target.flags) : false;
      const isFileArgument = /^(file|path)$/.test(targetName);
      if (
        takesFileNames(target) ||
        (isPath && !('hidden' in target && target.hidden)) ||
        isFileArgument
      ) {
        found.push({ name: `${words} ${targetName}`, target });
      }
    }
  }
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
      expect(stderr).toContain('add --non-interactive to skip the confirmation');
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
