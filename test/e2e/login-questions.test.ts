import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { Pty } from '../support/program/pty.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startFaultyServer, type FaultyServer } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let front: FaultyInstallation;
let user: TestUser;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
});
afterAll(() => front.close());
beforeEach(() => {
  sandbox.clearRequests();
  user = createUser();
});

/** Runs `tpks WORDS` on a terminal without a keychain. */
function atTerminal(words: readonly string[], env: Record<string, string> = {}): Pty {
  return user.atTerminal(words, {
    TERM: 'dumb',
    NODE_EXTRA_CA_CERTS: '',
    DBUS_SESSION_BUS_ADDRESS: '',
    ...env,
  });
}

const withFileStore = { TPKS_STORE: 'file' };
const hostOf = (url: string) => new URL(url).host;
const visible = ({ screen }: Pty) => stripVTControlCharacters(screen()).replaceAll('\r', '');
const config = () =>
  JSON.parse(user.read('config.json').toString()) as {
    contexts: Record<string, { caCert?: string; store: string }>;
    defaultStore?: string;
  };

describeIfPart('pty', 'login on a terminal', () => {
  test('asks for the address, the username and the password, in this order', async () => {
    const env = { ...withFileStore, TPKS_UAA_URL: sandbox.uaa, TPKS_CA_CERT: sandbox.caCert };
    const terminal = atTerminal(['login'], env);
    await terminal.waitFor('API address: ');
    expect(sandbox.requests()).toEqual([]);
    terminal.type(`${hostOf(sandbox.api)}\r`);
    await terminal.waitFor('Username: ');
    expect(sandbox.requests()).toEqual(['uaa GET /info']);
    terminal.type('cody\r');
    await terminal.waitFor(`Password of cody at ${hostOf(sandbox.api)}: `);
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal)).toMatch(/^Context: +cody@localhost \(current\)$/m);
    expect(sandbox.requests()).toEqual([
      'uaa GET /info',
      'uaa POST /oauth/token',
      'api HEAD /actuator/info',
    ]);
  });

  test('offers the values of the existing context, and shows which context was used before', async () => {
    await sandbox.login(user, 'alana');
    const terminal = atTerminal(['login'], withFileStore);
    await terminal.waitFor(`API address [${hostOf(sandbox.api)}]: `);
    terminal.type('\r');
    await terminal.waitFor('Username [alana]: ');
    terminal.type('\r');
    await terminal.waitFor('Password of alana at ');
    terminal.type('alana-password\r');
    expect(await terminal.exited).toBe(0);

    const other = atTerminal(['login', '-u', 'cody'], withFileStore);
    await other.waitFor('Password of cody at ');
    other.type('cody-password\r');
    expect(await other.exited).toBe(0);
    expect(visible(other)).toMatch(
      /^Context: +cody@localhost \(current; before: alana@localhost\)$/m,
    );
  });

  test('sends no additional request if nothing is missing', async () => {
    const words = ['login', ...sandbox.loginOptions, '-u', 'cody'];
    const terminal = atTerminal(words, { ...withFileStore, TPKS_PASSWORD: 'cody-password' });
    expect(await terminal.exited).toBe(0);
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api HEAD /actuator/info']);
  });

  test('asks three times for a wrong password', async () => {
    const terminal = atTerminal(['login', ...sandbox.loginOptions, '-u', 'naomi'], withFileStore);
    for (const password of ['wrong', 'wrong again', 'and again']) {
      await terminal.waitFor('Password of naomi at ');
      terminal.type(`${password}\r`);
    }
    expect(await terminal.exited).toBe(4);
    expect(visible(terminal).match(/Credentials were rejected/g)).toHaveLength(3);
    expect(visible(terminal)).toContain('\nHint: check the username naomi');

    const second = atTerminal(['login', ...sandbox.loginOptions, '-u', 'naomi'], withFileStore);
    for (const password of ['wrong', 'naomi-password']) {
      await second.waitFor('Password of naomi at ');
      second.type(`${password}\r`);
    }
    expect(await second.exited).toBe(0);
  });

  test('asks again after an empty password', async () => {
    const terminal = atTerminal(['login', ...sandbox.loginOptions, '-u', 'cody'], withFileStore);
    for (const password of ['', 'cody-password']) {
      await terminal.waitFor('Password of cody at ');
      terminal.type(`${password}\r`);
    }
    expect(await terminal.exited).toBe(0);
  });

  test('reports a server that cannot be reached before it asks for anything else', async () => {
    const terminal = atTerminal(['login', '-a', '127.0.0.1:1'], withFileStore);
    expect(await terminal.exited).toBe(5);
    expect(visible(terminal)).toMatch(/^\nError: Unable to send a request to 127\.0\.0\.1:1: /);
  });

  test('reports a server that is not a UAA before it asks for a secret', async () => {
    const words = ['login', '-a', sandbox.api, '--uaa-url', sandbox.api];
    const terminal = atTerminal(
      [...words, '--ca-cert', sandbox.caCert, '-u', 'cody'],
      withFileStore,
    );
    expect(await terminal.exited).toBe(5);
    expect(visible(terminal)).toContain(`Error: The server at ${sandbox.api} is not a UAA\n`);
  });

  test('--sso checks the servers with the request that reads the label of the prompt', async () => {
    const terminal = atTerminal(['login', ...sandbox.loginOptions, '--sso'], withFileStore);
    await terminal.waitFor('Passcode: ');
    expect(sandbox.requests()).toEqual(['uaa GET /info']);
    terminal.type('\u0003');
    expect(await terminal.exited).toBe(130);
  });

  test('--sso-auto without a browser also offers a one-time code', async () => {
    const words = ['login', ...sandbox.loginOptions, '--sso-auto', '--name', 'work'];
    const terminal = atTerminal(words, { ...withFileStore, DISPLAY: '', BROWSER: '' });
    await terminal.waitFor(/one-time code:\s+tpks login/);
    terminal.type('\u0003');
    expect(await terminal.exited).toBe(130);
    expect(visible(terminal)).toMatch(
      /^Or press Ctrl-C and log in .*\s+tpks login .* --sso --name work --ca-cert \S+$/m,
    );
  });
});

test('login without a terminal reports a server that is not a UAA', async () => {
  const words = ['login', '-a', sandbox.api, '--uaa-url', sandbox.api, '-u', 'cody'];
  const env = { ...withFileStore, TPKS_PASSWORD: 'cody-password', TPKS_CA_CERT: sandbox.caCert };
  expect(await user.tpks(words, { env })).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      `^\nError: The server at ${sandbox.api} is not a UAA\nHint: check --uaa-url or TPKS_UAA_URL: `,
    ),
  });
  const variables = {
    ...env,
    TPKS_API: sandbox.api,
    TPKS_UAA_URL: sandbox.api,
    TPKS_USERNAME: 'cody',
  };
  expect(await user.tpks(['clusters'], { env: variables })).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`Error: The server at ${sandbox.api} is not a UAA\n`),
  });
  expect(await user.tpks(words, { env, programName: 'pks' })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Error: Credentials were rejected, please try again.'),
  });
});

describeIfPart('pty', 'login with an unknown CA', () => {
  const words = () => ['login', '-a', sandbox.api, '--uaa-url', sandbox.uaa, '-u', 'cody'];
  const fingerprintOf = (pem: string) => new X509Certificate(pem).fingerprint256;

  test('shows the CA, and stores it if the user types yes', async () => {
    const terminal = atTerminal(words(), withFileStore);
    const screen = await terminal.waitFor('Trust this CA for localhost? (yes/no): ');
    expect(sandbox.requests()).toEqual([]);
    expect(screen.replaceAll('\r', '')).toMatch(
      new RegExp(
        '^The certificate of localhost:\\d+ was issued by a CA that this machine does not trust:\n' +
          '  Issuer:      CN=.+\n  Valid:       .+ to .+\n' +
          `  SHA-256:     ${fingerprintOf(sandbox.caPem)}\n` +
          'Compare it with the fingerprint that your operator gave you\\.\n',
      ),
    );
    terminal.type('yes\r');
    await terminal.waitFor('Password of cody at ');
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(visible(terminal).match(/Trust this CA/g)).toHaveLength(1);
    const { caCert = '' } = config().contexts['cody@localhost'] ?? {};
    expect(fingerprintOf(caCert)).toBe(fingerprintOf(sandbox.caPem));
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(['y', 'no', ''])('sends and stores nothing after the answer %j', async (answer) => {
    const terminal = atTerminal(words(), withFileStore);
    await terminal.waitFor('(yes/no): ');
    terminal.type(`${answer}\r`);
    expect(await terminal.exited).toBe(6);
    expect(visible(terminal)).toMatch(
      /\nError: The certificate of localhost:\d+ is signed by an unknown [^]*\n +\(no secrets were sent\)/,
    );
    expect(sandbox.requests()).toEqual([]);
    expect(user.files().filter((file) => !file.endsWith('.lock'))).toEqual([]);
  });

  test('ignores what was typed before the question', async () => {
    const terminal = atTerminal(words(), withFileStore);
    terminal.type('yes\r');
    await terminal.waitFor('(yes/no): ');
    await sleep(200);
    expect(sandbox.requests()).toEqual([]);
    terminal.type('no\r');
    expect(await terminal.exited).toBe(6);
  });

  test('causes a question even with --yes, but not with -k', async () => {
    const env = { ...withFileStore, TPKS_PASSWORD: 'cody-password' };
    const terminal = atTerminal([...words(), '--yes'], env);
    await terminal.waitFor('(yes/no): ');
    terminal.type('no\r');
    expect(await terminal.exited).toBe(6);
    const unverified = atTerminal([...words(), '-k'], env);
    expect(await unverified.exited).toBe(0);
    expect(visible(unverified)).not.toContain('Trust this CA');
  });

  test('causes no question with --non-interactive, in a pipe, or if a CA is given', async () => {
    const env = { ...withFileStore, TPKS_PASSWORD: 'cody-password' };
    const terminal = atTerminal([...words(), '--non-interactive'], env);
    expect(await terminal.exited).toBe(6);
    expect(await user.tpks(words(), { env, stdin: 'yes\n' })).toMatchObject({ code: 6 });
    const given = atTerminal([...words(), '--ca-cert', front.caCert], env);
    expect(await given.exited).toBe(6);
    for (const each of [terminal, given]) expect(visible(each)).not.toContain('Trust this CA');
  });

  describeIfPart('pty', 'of another server', () => {
    let server: FaultyServer | undefined;
    afterAll(() => server?.close());

    const startServer = async (name: 'good' | 'wrongName' | 'expired', sendsCa: boolean) => {
      const { ca } = front.certificates;
      const { key, cert } = front.certificates[name];
      await server?.close();
      const chain = sendsCa ? `${cert.trimEnd()}\n${ca.cert}` : cert;
      server = await startFaultyServer({ key, cert: chain }, front.forwardToApi);
      return ['login', '-a', server.origin, '--uaa-url', sandbox.uaa, '-u', 'cody'];
    };

    test('causes a separate question, and both CAs are stored', async () => {
      const terminal = atTerminal(await startServer('good', true), withFileStore);
      await terminal.waitFor('Trust this CA for 127.0.0.1? (yes/no): ');
      terminal.type('yes\r');
      await terminal.waitFor('Trust this CA for localhost? (yes/no): ');
      terminal.type('yes\r');
      await terminal.waitFor('Password of cody at ');
      terminal.type('cody-password\r');
      expect(await terminal.exited).toBe(0);
      const { caCert = '' } = config().contexts['cody@127.0.0.1'] ?? {};
      expect(caCert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      expect(await user.tpks(['clusters'])).toMatchObject({ code: 0 });
      expect(await user.tpks(['uaa', 'info'])).toMatchObject({ code: 0 });
    });

    test('causes a question before a given password is sent', async () => {
      const env = { ...withFileStore, TPKS_PASSWORD: 'cody-password' };
      const terminal = atTerminal(await startServer('good', true), env);
      await terminal.waitFor('Trust this CA for 127.0.0.1? (yes/no): ');
      terminal.type('yes\r');
      await terminal.waitFor('Trust this CA for localhost? (yes/no): ');
      terminal.type('no\r');
      expect(await terminal.exited).toBe(6);
      expect([...sandbox.requests(), ...(server?.requests ?? [])]).toEqual([]);
    });

    test('is an error if the password is read from the terminal as stdin', async () => {
      const login = await startServer('good', true);
      const terminal = atTerminal([...login, '--password-stdin'], withFileStore);
      await terminal.waitFor('Trust this CA for 127.0.0.1? (yes/no): ');
      terminal.type('yes\r');
      await sleep(300);
      terminal.type('cody-password\r\u0004');
      expect(await terminal.exited).toBe(6);
      expect(visible(terminal)).toMatch(/\nError: The certificate of localhost:\d+ /);
    });

    test.each([
      ['that does not send its CA', 'good', false],
      ['with a certificate for another host', 'wrongName', true],
      ['with an expired certificate', 'expired', true],
    ] as const)('causes no question for a server %s', async (_name, certificate, sendsCa) => {
      const terminal = atTerminal(await startServer(certificate, sendsCa), withFileStore);
      expect(await terminal.exited).toBe(6);
      expect(visible(terminal)).toMatch(/^\nError: The certificate of 127\.0\.0\.1:\d+ /);
    });
  });
});

describeIfPart('pty', 'login without a keychain', () => {
  const words = (...more: string[]) => ['login', ...sandbox.loginOptions, '-u', 'cody', ...more];

  test('lists what to do, and stores the key in a file if the user agrees', async () => {
    const terminal = atTerminal(words());
    await terminal.waitFor(/Store the key in ~\/tpks\/keys \(mode 0600\) instead\? \[y\/N\]: /);
    expect(visible(terminal)).toMatch(
      /^No Secret Service is running .*\.\nYou can:\n  1\. start one; [^]*\n  2\. store the key in a file: .*\n  3\. store nothing: set TPKS_API/,
    );
    expect(sandbox.requests()).toEqual([]);
    terminal.type('y\r');
    await terminal.waitFor('Password of cody at ');
    terminal.type('cody-password\r');
    expect(await terminal.exited).toBe(0);
    expect(config()).toMatchObject({
      defaultStore: 'file',
      contexts: { 'cody@localhost': { store: 'file' } },
    });

    const env = { DBUS_SESSION_BUS_ADDRESS: '', TPKS_PASSWORD: 'alana-password' };
    const next = ['login', ...sandbox.loginOptions, '-u', 'alana'];
    expect(await user.tpks(next, { env })).toMatchObject({ code: 0 });
    const { stdout } = await user.tpks(['status', '--offline']);
    expect(stdout).toMatch(/^Default store: +file \(.*tpks login --store keychain\)$/m);
  });

  test('fails and stores nothing if the user declines', async () => {
    const terminal = atTerminal(words());
    await terminal.waitFor('[y/N]: ');
    terminal.type('\r');
    expect(await terminal.exited).toBe(7);
    expect(visible(terminal)).toMatch(/\nError: No Secret Service [^]*\nHint: nothing was stored/);
    expect(user.files().filter((file) => !file.endsWith('.lock'))).toEqual([]);
  });

  test('asks with --yes', async () => {
    const terminal = atTerminal(words('--yes'));
    await terminal.waitFor('[y/N]: ');
    terminal.type('n\r');
    expect(await terminal.exited).toBe(7);
  });

  test.each<[string, string[], Record<string, string>]>([
    ['--store keychain', ['--store', 'keychain'], {}],
    ['TPKS_STORE=keychain', [], { TPKS_STORE: 'keychain' }],
    ['--non-interactive', ['--non-interactive'], { TPKS_PASSWORD: 'cody-password' }],
  ])('does not ask with %s', async (_name, more, env) => {
    const terminal = atTerminal(words(...more), env);
    expect(await terminal.exited).toBe(7);
    expect(visible(terminal)).toMatch(/\nHint: 1\. start one/);
    expect(visible(terminal)).not.toContain('[y/N]');
  });
});
