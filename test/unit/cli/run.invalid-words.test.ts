import { beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Services } from '../../../src/app/services.js';
import { TpksError } from '../../../src/base/errors.js';
import { contents } from '../../../src/commands/index.js';
import type { HttpRequest, Send } from '../../../src/platform/http/send.js';
import { visitingBrowser } from '../../support/browser/visiting-browser.js';
import { listCommands } from '../../support/commands/leaves.js';
import {
  fakeSend,
  probeResponse,
  toResponse,
  tokenBody,
  type FakeResponse,
} from '../../support/fakes/fake-send.js';
import { createUser } from '../../support/program/cli.js';
import { loginCommand } from '../../support/program/headless.js';

/** Names, numbers and commands that are rejected before anything is sent, and what the errors say. */

const newUser = createUser();
const run = (line: string, programName = 'tpks') => newUser.tpks(line.split(' '), { programName });

test.each([
  ['each kubectl get pods', 'each -- kubectl get pods'],
  ['each kubectl get pods -A', 'each -- kubectl get pods -A'],
  ['each kubectl get pods -o wide', 'each -- kubectl get pods -o wide'],
  ['each --group kubectl get pods --watch', 'each --group -- kubectl get pods --watch'],
  ['--context dev each kubectl get pods', '--context dev each -- kubectl get pods'],
  [
    'each --cluster=dev-1 --parallel 2 --context dev kubectl get pods -o wide',
    'each --cluster=dev-1 --parallel 2 --context dev -- kubectl get pods -o wide',
  ],
])('"%s" lacks --', async (line, hint) => {
  expect(await run(line)).toMatchObject({
    code: 2,
    stderr: `\nError: Missing -- before the command\nHint: tpks ${hint}\n`,
  });
});

test.each(['clusters', 'each', 'get-credentials --all', 'expiry', 'access'])(
  '%s does not ignore --context silently',
  async (command) => {
    const words = command === 'each' ? ' -- kubectl version' : '';
    const { code, stderr } = await run(`${command} --context dev --all-contexts${words}`);
    expect(code).toBe(2);
    expect(stderr).toContain('--context and --all-contexts cannot be used together');
  },
);

test.each([
  ['each --paralel 2 -- kubectl get pods -A', 'unknown flag: --paralel (Did you mean --parallel?)'],
  ['each -o wide', 'Invalid value for --output: wide'],
  ['clusters -z', "unknown shorthand flag: 'z' in -z"],
  ['create-cluster c --pre-check', 'the API for it is not public; see tpks help from-pks'],
  ['uaa -o json', '"message":"Missing subcommand for tpks uaa"'],
])('"%s" has another mistake', async (line, message) => {
  expect((await run(line)).stderr).toContain(message);
});

describe('an unknown command', () => {
  test.each([
    ['nosuch --help', 'nosuch', 'tpks --help'],
    ['--json=false nosuch --help', 'nosuch', 'tpks --help'],
    ['help nosuch', 'nosuch', 'tpks --help'],
    ['uaa nosuch --help', 'nosuch', 'tpks uaa --help'],
    ['uaa user nosuch -h', 'nosuch', 'tpks uaa user --help'],
  ])('is an error in "%s"', async (line, word, hint) => {
    expect(await run(line)).toEqual({
      code: 2,
      stdout: '',
      stderr: `\nError: unknown command '${word}'\nHint: ${hint}\n`,
    });
  });

  test.each([
    ['cluters --help', 'did you mean: pks clusters'],
    ['uaa usr -h', 'did you mean: pks uaa user'],
  ])('gets a suggestion through a link in "%s"', async (line, expected) => {
    const { code, stderr } = await run(line, 'pks');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(expected) });
  });

  test('is an error through a link named uaac', async () => {
    expect(await run('nosuch', 'uaac')).toEqual({
      code: 1,
      stdout: 'uaac: subcommand not found\n',
      stderr: '',
    });
  });
});

describe('a uaac command without uaa', () => {
  test.each([
    ['user add joe -p secret', 'user add'],
    ['user add --help', 'user add'],
    ['client nosuch', 'client'],
    ['token client get', 'token client get'],
    ['token client get admin -s adminsecret', 'token client get'],
  ])('gets a hint in "%s"', async (line, words) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(2);
    expect(stderr).toMatch(`\nHint: did you mean: tpks uaa ${words}`);
    expect(stderr).not.toContain('secret');
    expect(stderr).not.toContain('Did you mean');
  });

  test('gets a hint that names the link', async () => {
    expect((await run('user add', 'pks')).stderr).toContain('Hint: did you mean: pks uaa user add');
  });

  test.each(['contexts extra', 'token --nosuch', 'uaa user nosuch'])(
    'is not suggested for "%s"',
    async (line) => {
      const { code, stderr } = await run(line);
      expect(code).toBe(2);
      expect(stderr).not.toContain('did you mean');
    },
  );
});

describe('a command that is not available', () => {
  test.each([
    ['certificates c1 --days 30', 'certificates', 'not public'],
    ['certificates --help', 'certificates', 'not public'],
    ['help certificates', 'certificates', 'not public'],
    ['rotate-certs c1 --all --wait', 'rotate-certificates', 'not public'],
    ['rotate-certificates -h', 'rotate-certificates', 'not public'],
    ['promote-cluster c1 --non-interactive', 'promote-cluster-to-policy', 'not public'],
    ['sinks', 'sinks', 'removed'],
    ['create-sink c1 -x', 'create-sink', 'removed'],
    ['delete-sink c1', 'delete-sink', 'removed'],
  ])('prints the reason for "%s"', async (line, name, reason) => {
    const { code, stdout, stderr } = await run(line, 'pks');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Error: The command ${name} is not available: `);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('\nHint: see pks help from-pks\n');
  });

  test('is not listed in help or completion', async () => {
    expect((await run('--help')).stdout).not.toMatch(/certificates|sink/);
    expect((await run('__complete -- cert')).stdout).not.toContain('certificates');
  });
});

test.each([
  ['list-clusters', 'clusters'],
  ['list-plans', 'plans'],
  ['show-cluster', 'cluster'],
  ['k8s-profile', 'kubernetes-profile'],
  ['k8s-profiles', 'kubernetes-profiles'],
  ['create-k8s-profile', 'create-kubernetes-profile'],
  ['delete-k8s-profile', 'delete-kubernetes-profile'],
])('%s is an alias of %s', async (alias, name) => {
  const { code, stdout } = await run(`${alias} --help`, 'pks');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(`Usage: pks ${name}|${alias} `),
  });
});

describe('a link named uaac', () => {
  test.each([
    [['users']],
    [['info']],
    [['token', 'client', 'get', 'admin']],
    [['token', 'decode']],
  ])('names an unknown context: %j', async (words) => {
    const result = await newUser.tpks(words, {
      programName: 'uaac',
      env: { TPKS_CONTEXT: 'nosuch' },
    });
    expect(result).toMatchObject({
      code: 1,
      stdout: '\nArgumentError: Context nosuch not found\n\n',
    });
  });

  test.each([{}, { terminalColumns: 80 }])(
    'rejects an invalid value of an option of tpks: %j',
    async (options) => {
      const result = await newUser.tpks(['users', '--timeout', 'soon'], {
        ...options,
        programName: 'uaac',
      });
      expect(result).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('Invalid value for --timeout: soon (expected a number'),
      });
    },
  );

  test('escapes the control characters of a certificate in the hint', async () => {
    const message = 'The certificate of pks.test:8443 is self-signed (issuer CN=\u001b[2J\u0007)';
    const result = await user.tpks(['users'], {
      programName: 'uaac',
      send: () =>
        Promise.reject(
          new TpksError('untrusted', message, {
            hint: 'first line\nuse tpks uaa users',
            host: 'pks.test:8443',
          }),
        ),
    });
    expect(result).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Invalid SSL Cert for https://pks.test:8443/login'),
      stderr:
        'Hint: The certificate of pks.test:8443 is self-signed (issuer CN=\\x1b[2J\\x07)\n' +
        '      first line\n' +
        '      use uaac users\n',
    });
  });
});

const user = createUser();

/** Creates a network on which only a login succeeds; other requests get a 404 response. */
function createNetwork(): { readonly send: Send; readonly requests: readonly HttpRequest[] } {
  const requests: HttpRequest[] = [];
  const send: Send = async (request) => {
    requests.push(request);
    if (request.url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
    return toResponse(request.method === 'HEAD' ? probeResponse : { status: 404 });
  };
  return { send, requests };
}

beforeAll(async () => {
  const { code } = await user.tpks(loginCommand, createNetwork());
  expect(code).toBe(0);
});

const commandsWithPath = [
  'cluster NAME',
  'cluster NAME --details',
  'update-cluster NAME --tags a:b --non-interactive',
  'resize NAME -n 2 --non-interactive',
  'delete-cluster NAME --non-interactive',
  'delete-cluster NAME --prune-kubeconfig --non-interactive',
  'get-credentials NAME',
  'get-credentials dev-1 NAME',
  'wait NAME',
  'task NAME',
  'cancel-task NAME --non-interactive',
  'network-profile NAME',
  'delete-network-profile NAME --non-interactive',
  'kubernetes-profile NAME',
  'delete-kubernetes-profile NAME --non-interactive',
  'compute-profile NAME',
  'delete-compute-profile NAME --non-interactive',
  'quota NAME',
  'update-quota NAME --cpu 2',
  'delete-quota NAME --non-interactive',
  'usage NAME',
  'uaa token revoke NAME',
  'uaa token list --client NAME',
  'uaa token revoke --client NAME',
  'uaa client get NAME --meta',
  'uaa secret set NAME --secret s3cret',
  'uaa group unmap some-group NAME',
  'uaa group unmap some-group cn=x --origin NAME',
];

test.each(commandsWithPath)(
  'tpks %s exits 2 for an unsafe name and sends nothing',
  async (command) => {
    for (const name of ['', '..']) {
      const words = command.split(' ').map((word) => (word === 'NAME' ? name : word));
      const { send, requests } = createNetwork();
      const { code, stdout, stderr } = await user.tpks(words, { send });
      expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.match(/^Error: .*/gm)).toHaveLength(1);
    }
  },
);

test.each([
  'get-credentials dev-1 --context-name NAME',
  'get-credentials dev-1 --namespace NAME',
  'get-kubeconfig NAME -a api.example.com -u cody',
  'create-cluster NAME -e host -p small',
  'create-cluster c -e host -p NAME',
  'create-cluster c -e NAME -p small',
  'upgrade-cluster NAME --non-interactive',
  'upgrade-clusters -c NAME --non-interactive',
  'create-quota NAME --cpu 2 --memory 2 --clusters 2',
  'uaa user get NAME',
  'uaa user get --id NAME',
  'uaa user add NAME --emails a@b --password-stdin',
  'uaa user update NAME --given_name Cody',
  'uaa user delete NAME',
  'uaa user delete --id NAME',
  'uaa user unlock NAME',
  'uaa user ids NAME',
  'uaa user ids --id NAME',
  'uaa password set NAME --password-stdin',
  'uaa group get NAME',
  'uaa group add NAME',
  'uaa group delete NAME',
  'uaa group delete --id NAME',
  'uaa group map NAME --name developers',
  'uaa group map cn=x --name NAME',
  'uaa group map cn=x --id NAME',
  'uaa group unmap NAME cn=x',
  'uaa group unmap --id NAME cn=x',
  'uaa members NAME',
  'uaa member add NAME cody',
  'uaa member add developers NAME',
  'uaa member delete NAME cody',
  'uaa member delete developers NAME',
  'uaa client get NAME',
  'uaa client add NAME --secret s',
  'uaa client add app --clone NAME --secret s',
  'uaa client update NAME --scope a',
  'uaa secret add NAME --secret s',
  'uaa secret delete NAME',
  'uaa client jwt add NAME --jwks_uri https://x.test',
  'uaa client jwt delete NAME --jwks_uri *',
  'uaa idp get NAME',
  'uaa idp get --id NAME',
  'uaa token list --user NAME',
  'uaa token revoke --user NAME',
])('tpks %s exits 2 for an empty name and sends nothing', async (command) => {
  const words = command.split(' ').map((word) => (word === 'NAME' ? '' : word));
  const { send, requests } = createNetwork();
  const { code, stdout, stderr } = await user.tpks(words, { send, stdin: 'pass-word\n' });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/ (is|contains an) empty|^Error: Missing |expected one or more values/m);
});

describe('tpks curl', () => {
  const rejected = async (...words: string[]) => {
    const { send, requests } = createNetwork();
    expect(await user.tpks(words, { send })).toMatchObject({ code: 2, stdout: '' });
    expect(requests).toEqual([]);
  };

  test.each([
    ...['', ' ', '.', '..', '/v1/../x', '/v1/%2e%2E/x', '/v1/.', '/v1/clusters\n'],
    ...['/a\tb', '/\u0000', '/v1\\..\\x'],
  ])('exits 2 for the path %j and sends nothing', (path) => rejected('curl', path));

  test.each([
    ...['X: 漢', 'X: a\u0000b', 'X: a\rb: c', 'X: a\nb: c', 'X\n: a', 'Ü: a', ': a', 'X: \u007f'],
    ...['Content-Length: 5', 'transfer-encoding: chunked', 'HOST: other.test'],
    ...['Connection: close', 'Trailer: X'],
  ])('exits 2 for the header %j and sends nothing', (header) =>
    rejected('curl', '/v1/x', '-H', header),
  );

  test('has the same rules as tpks uaa curl', async () => {
    await rejected('uaa', 'curl', '/v1/../x');
    await rejected('uaa', 'curl', '/v1/x', '-H', 'X: a\nb: c');
  });

  test.each(['/', '/v1/a..b/...', '/v1/x?path=../y', 'v1/x?q=漢', '/x?q="a\\b"'])(
    'sends the path %s',
    async (path) => {
      const { send, requests } = createNetwork();
      await user.tpks(['curl', path, '-H', '__proto__: ü'], { send });
      expect(requests).toHaveLength(1);
    },
  );
});

/** The placeholders of options that are numbers. */
const isNumber = /<(number|seconds|port|duration)>/;

/** -1 has a meaning for this option. */
const acceptsMinusOne = ['--kubelet-drain-grace-period'];

const numberOptions = (await listCommands(contents)).flatMap(({ words, part }) => {
  const command = new Command();
  part.define(command, {} as Services);
  const operands = command.registeredArguments
    .filter(({ required }) => required)
    .map(({ argChoices }) => argChoices?.[0] ?? 'x');
  return command.options
    .filter(({ flags, long }) => isNumber.test(flags) && !acceptsMinusOne.includes(long ?? ''))
    .map(({ long = '' }) => [[words, long, '-1', ...operands].join(' '), long] as const);
});

test.each([
  ...numberOptions,
  ['resize x --num-nodes=-1', '--num-nodes'],
  ['resize x -n -1', '--num-nodes'],
  ['resize x -n=-1', '--num-nodes'],
  ['uaa users --count=-1', '--count'],
])('"%s" is rejected before anything is sent', async (line, flag) => {
  const { send, requests } = createNetwork();
  const { code, stderr } = await user.tpks(line.split(' '), { send });
  expect({ code, requests }).toEqual({ code: 2, requests: [] });
  expect(stderr).toContain(`Invalid value for ${flag}: -1 (`);
});

/** Names of members that every JavaScript object has. */
const objectWords = ['toString', '__proto__'];

const env = {
  TPKS_API: 'https://pks.test',
  TPKS_USERNAME: 'cody',
  TPKS_PASSWORD: 'pass-word',
};

/** A server that issues tokens and replies to everything else with one response. */
function createInstallation(answer: FakeResponse): Send {
  return (request) =>
    fakeSend(request.url.endsWith('/oauth/token') ? { body: tokenBody } : answer).send(request);
}

const tpks = (words: readonly string[], answer: FakeResponse = { status: 404 }) =>
  createUser().tpks(words, { env, send: createInstallation(answer) });

describe.each(objectWords)('the word %s', (word) => {
  test.each([
    [[word], `unknown command '${word}'`],
    [['uaa', word], `unknown command '${word}'`],
    [['help', word], `unknown command '${word}'`],
    [['clusters', `--${word}`], `unknown flag: --${word}`],
    [['clusters', '-o', word], `Invalid value for --output: ${word} (choose from `],
    [['completion', word], `unknown command '${word}'`],
    [['clusters', '--timeout', word], `Invalid value for --timeout: ${word} (expected `],
    [['uaa', 'user', 'update', 'cody', '--del_attrs', word], `${word} cannot be removed`],
  ])('is rejected in %j', async (words, message) => {
    const { code, stderr } = await tpks(words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});

test('a browser login that ends with an error shows it as text and exits with 4', async () => {
  const error = '<b>denied</b>';
  const { onStderr, page } = visitingBrowser({ error });
  const { code, stderr } = await createUser().tpks(
    [
      ...['uaa', 'token', 'authcode', 'get', '-c', 'pks_cli', '-s', ''],
      ...['--no-browser', '--store', 'file'],
    ],
    {
      env: { TPKS_UAA_URL: 'https://uaa.test' },
      send: createInstallation({ status: 302 }),
      onStderr,
    },
  );
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringContaining(`\nError: ${error}\n`),
  });
  const escaped = error.replaceAll('<', '&#60;').replaceAll('>', '&#62;');
  expect(await page()).toContain(`<p>${escaped}. See the terminal for what to do next.</p>`);
});
