import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { createCertificates } from '../support/servers/certificates.js';
import {
  respond,
  startFaultyServer,
  type FaultyResponse,
  type FaultyServer,
} from '../support/servers/faulty-server.js';
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
  front.reset();
  user = createUser();
});

/** @returns the commands in the hint, which follow a line that explains them. */
async function readHintedCommands(words: readonly string[], env = {}): Promise<readonly string[]> {
  const { code, stderr } = await user.tpks(words, { env, stdin: 'hunter22\n' });
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringContaining('is signed by an unknown certificate authority'),
  });
  return listCommands(stderr);
}

/** Lists the lines of a hint after the first, without the note in parentheses. */
function listCommands(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^ {6}([^\s(].*)$/gm)].map(([, line = '']) => line);
}

const loginAt = () => `tpks login -a ${sandbox.api} --uaa-url ${sandbox.uaa}`;
const targetCommand = () => `tpks uaa target ${sandbox.uaa} --ca-cert FILE`;

/** Deletes the stored CA, as if the servers now had certificates of another CA. */
function forgetCa(): void {
  const path = join(user.home, 'config.json');
  const settings = readFileSync(path, 'utf8');
  const withoutCa = (key: string, value: unknown) => (key === 'caCert' ? undefined : value);
  writeFileSync(path, JSON.stringify(JSON.parse(settings, withoutCa)));
}

describe('the hint for an unknown CA', () => {
  test('repeats the options of login', async () => {
    const [, api = '', , uaa = ''] = sandbox.loginOptions;
    const common = ['login', '-a', api, '--uaa-url', uaa, '--store', 'file'];
    expect(await readHintedCommands([...common, '-u', 'cody', '--password-stdin'])).toEqual([
      `${loginAt()} -u cody --password-stdin --store file --ca-cert FILE`,
    ]);
    const client = ['--client-name', 'ci', '--client-secret', '-', '--name', 'my ci'];
    expect(await readHintedCommands([...common, ...client])).toEqual([
      `${loginAt()} --client-name ci --client-secret - --name 'my ci' --store file --ca-cert FILE`,
    ]);
    expect(await readHintedCommands([...common, '--sso'])).toEqual([
      `${loginAt()} --sso --store file --ca-cert FILE`,
    ]);
  });

  test('repeats no secrets', async () => {
    const [, api = '', , uaa = ''] = sandbox.loginOptions;
    const common = ['login', '-a', api, '--uaa-url', uaa, '--store', 'file'];
    const end = '--store file --ca-cert FILE';
    expect(await readHintedCommands([...common, '-u', 'cody', '-p', 'hunter22'])).toEqual([
      `${loginAt()} -u cody ${end}`,
    ]);
    const client = ['--client-name', 'ci', '--client-secret', 's3cret'];
    expect(await readHintedCommands([...common, ...client])).toEqual([
      `${loginAt()} --client-name ci ${end}`,
    ]);
    expect(await readHintedCommands([...common, '--sso-passcode', 'c0de'])).toEqual([
      `${loginAt()} --sso ${end}`,
    ]);
  });

  test('says that the given CA did not issue the certificate', async () => {
    const { untrustedCa } = await createCertificates();
    const path = join(dirname(user.home), 'other.pem');
    writeFileSync(path, untrustedCa.cert);
    const words = [...sandbox.loginOptions.slice(0, 4), '--ca-cert', path, '--store', 'file'];
    const login = ['login', ...words, '-u', 'cody', '--password-stdin'];
    expect(await user.tpks(login, { stdin: 'hunter22\n' })).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('the given CA CN=Stranger CA did not issue this certificate'),
    });
  });

  test('names the target', async () => {
    expect(await readHintedCommands(['uaa', 'target', sandbox.uaa])).toEqual([targetCommand()]);
    expect(await user.tpks(['uaa', 'target', sandbox.uaa, '--force'])).toMatchObject({ code: 0 });
    expect(await readHintedCommands(['uaa', 'info'])).toEqual([targetCommand()]);
    const secret = ['--secret-file', '-', '--store', 'file'];
    const get = ['uaa', 'token', 'client', 'get', 'admin', ...secret];
    expect(await readHintedCommands(get)).toEqual([targetCommand()]);
  });

  test('renews the context in use', async () => {
    await sandbox.login(user, 'alana', ['--name', 'work']);
    forgetCa();
    const renewal = `${loginAt()} -u alana --name work --store file --ca-cert FILE`;
    expect(await readHintedCommands(['clusters'])).toEqual([renewal]);
    const words = ['--context', 'work', '-u', 'alana', '--password-stdin'];
    expect(await readHintedCommands(['login', ...words])).toEqual([
      'tpks login --context work -u alana --password-stdin --ca-cert FILE',
    ]);
  });

  test('names the target of a context that a uaa command created', async () => {
    const trust = { TPKS_CA_CERT: sandbox.caCert };
    await user.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
    const words = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
    const tokenResult = await user.tpks([...words, '--store', 'file'], {
      env: trust,
      stdin: 'adminsecret\n',
    });
    expect(tokenResult).toMatchObject({ code: 0 });
    forgetCa();
    expect(await readHintedCommands(['uaa', 'users'])).toEqual([targetCommand()]);
  });

  test('names the variable for an identity in the environment', async () => {
    const env = {
      TPKS_API: sandbox.api,
      TPKS_UAA_URL: sandbox.uaa,
      TPKS_USERNAME: 'cody',
      TPKS_PASSWORD: 'cody-password',
    };
    expect(await readHintedCommands(['clusters'], env)).toEqual(['export TPKS_CA_CERT=FILE']);
  });
});

describe('the hint for a certificate for other hosts', () => {
  let wrong: FaultyServer;
  beforeAll(async () => {
    wrong = await startFaultyServer(front.certificates.manyNames);
  });
  afterAll(() => wrong.close());
  const atOtherHost = () => wrong.origin.replace('127.0.0.1', 'uaa.pks.example.com');

  async function readCommand(words: readonly string[], env = {}): Promise<string | undefined> {
    const { code, stderr } = await user.tpks(words, { env, stdin: 'hunter22\n' });
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringContaining(
        'was issued for other hosts: *.pks.example.com, uaa.pks.example.com,',
      ),
    });
    const [first, ...others] = listCommands(stderr);
    expect(others).toEqual([]);
    return first;
  }

  test('repeats all options of login except secrets', async () => {
    const secretFile = join(dirname(user.home), 'secret');
    writeFileSync(secretFile, 'hunter22');
    const addresses = ['--uaa-url', wrong.origin, '--ca-cert', front.caCert];
    const common = ['login', '-a', front.api.origin, ...addresses, '--store', 'file'];
    const start = `tpks login -a ${front.api.origin} --uaa-url ${atOtherHost()}`;
    const end = `--store file --ca-cert ${front.caCert}`;
    const client = ['--client-name', 'ci', '--client-secret-file', secretFile, '--save-secret'];
    expect(await readCommand([...common, ...client, '--name', 'my ci', '--write-creds'])).toBe(
      `${start} ${client.join(' ')} --name 'my ci' --store file --write-creds --ca-cert ${front.caCert}`,
    );
    expect(await readCommand([...common, '--client-name', 'ci', '--client-secret', 's3cret'])).toBe(
      `${start} --client-name ci ${end}`,
    );
    expect(await readCommand([...common, '-u', 'cody', '-p', 'cody-password'])).toBe(
      `${start} -u cody ${end}`,
    );
    expect(await readCommand([...common, '-u', 'cody', '--password-stdin'])).toBe(
      `${start} -u cody --password-stdin ${end}`,
    );
    expect(await readCommand([...common, '--sso-passcode', 'c0de'])).toBe(`${start} --sso ${end}`);
    expect(await readCommand([...common, '--sso-passcode', '-'])).toBe(
      `${start} --sso-passcode - ${end}`,
    );
    expect(wrong.requests).toEqual([]);
  });

  test('changes only the API if it is the API that has another host', async () => {
    const words = ['-a', wrong.origin, '--uaa-url', front.uaa.origin, '--ca-cert', front.caCert];
    const login = ['login', ...words, '-u', 'cody', '-p', 'cody-password', '--store', 'file'];
    expect(await readCommand(login)).toBe(
      `tpks login -a ${atOtherHost()} --uaa-url ${front.uaa.origin} -u cody --store file --ca-cert ${front.caCert}`,
    );
  });

  test('names the target', async () => {
    const trust = ['--ca-cert', front.caCert];
    expect(await readCommand(['uaa', 'target', wrong.origin, ...trust])).toBe(
      `tpks uaa target ${atOtherHost()} --ca-cert ${front.caCert}`,
    );
  });

  test('repeats all options of get-kubeconfig except the password', async () => {
    const words = ['-a', front.api.origin, '--uaa-url', wrong.origin, '-p', 'hunter22'];
    const files = ['--ca-cert', front.caCert, '--kubeconfig', 'my file'];
    expect(
      await readCommand([
        'get-kubeconfig',
        'dev-1',
        ...words,
        '-u',
        'cody',
        ...files,
        '--no-switch',
      ]),
    ).toBe(
      `tpks get-kubeconfig dev-1 -a ${front.api.origin} --uaa-url ${atOtherHost()} -u cody --ca-cert ${front.caCert} --kubeconfig 'my file' --no-switch`,
    );
  });

  test('repeats the login to a context, without --context, which would select the old host', async () => {
    const secretFile = join(dirname(user.home), 'secret');
    writeFileSync(secretFile, 'adminsecret');
    const common = ['login', ...front.loginOptions, '--store', 'file'];
    const password = ['--password-stdin'];
    const secret = ['--client-secret-file', secretFile];
    const userLogin = [...common, '-u', 'cody', ...password];
    const clientLogin = [...common, '--client-name', 'admin', ...secret, '--name', 'work'];
    expect(await user.tpks(userLogin, { stdin: 'cody-password\n' })).toMatchObject({ code: 0 });
    expect(await user.tpks(clientLogin)).toMatchObject({ code: 0 });
    const path = join(user.home, 'config.json');
    const settings = readFileSync(path, 'utf8');
    writeFileSync(path, settings.replaceAll(front.uaa.origin, wrong.origin));
    const renew = (context: string, options: readonly string[]) =>
      readCommand(['login', '--context', context, ...options]);
    const start = `tpks login -a ${front.api.origin} --uaa-url ${atOtherHost()}`;
    expect(await renew('cody@127.0.0.1', password)).toBe(
      `${start} -u cody --password-stdin --store file`,
    );
    expect(await renew('work', [...secret, '--ca-cert', front.caCert])).toBe(
      `${start} --client-name admin ${secret.join(' ')} --name work --store file --ca-cert ${front.caCert}`,
    );
  });

  test('logs in again with the settings of the context in use', async () => {
    await front.login(user, 'cody');
    const path = join(user.home, 'config.json');
    const settings = readFileSync(path, 'utf8');
    writeFileSync(path, settings.replaceAll(front.api.origin, wrong.origin));
    expect(await readCommand(['clusters'])).toBe(
      `tpks login -a ${atOtherHost()} --uaa-url ${front.uaa.origin} -u cody --store file`,
    );
  });

  test('names the variables of an identity in the environment', async () => {
    const env = { ...front.adminEnv, TPKS_UAA_URL: wrong.origin };
    expect(await readCommand(['clusters'], env)).toBe(`export TPKS_UAA_URL=${atOtherHost()}`);
    const bothEnv = { ...env, TPKS_API: wrong.origin };
    expect(await readCommand(['clusters'], bothEnv)).toBe(
      `export TPKS_API=${atOtherHost()} TPKS_UAA_URL=${atOtherHost()}`,
    );
  });
});

const login = () =>
  user.tpks(['login', ...front.loginOptions, '-u', 'cody', '--password-stdin', '--store', 'file'], {
    stdin: 'cody-password\n',
  });

const page = '<!DOCTYPE html><html><body>Welcome</body></html>';
const responses: [string, FaultyResponse][] = [
  ['with a web page', { headers: { 'content-type': 'text/html' }, body: page }],
  ['with an empty object', {}],
  ['with status 200 and no body', { body: '' }],
];

describe('a server that is not a PKS API but responds to every request', () => {
  test.each(responses)('%s is rejected by login, which stores nothing', async (_name, response) => {
    front.api.setBehaviour(respond(response));
    const host = new URL(front.api.origin).host;
    const { code, stdout, stderr } = await login();
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain(`Error: ${host} does not respond like a PKS API\nHint: `);
    expect(existsSync(join(user.home, 'config.json'))).toBe(false);
  });
});
