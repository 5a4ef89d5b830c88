import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let operator: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  operator = await createTargetedUser();
  expect(await fetchToken(operator, 'admin', 'adminsecret')).toMatchObject({ code: 0 });
});
afterAll(() => sandbox.close());

/** @returns a new user that has targeted the sandbox's UAA. */
async function createTargetedUser(): Promise<TestUser> {
  const user = createUser();
  await user.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
  return user;
}

function fetchToken(user: TestUser, client: string, secret: string): Promise<TpksResult> {
  const words = ['token', 'client', 'get', client, '--secret-file', '-', '--store', 'file'];
  return user.tpks(['uaa', ...words], { stdin: secret });
}

const uaa = (...words: string[]): Promise<TpksResult> => operator.tpks(['uaa', ...words]);

const grants = ['--authorized_grant_types', 'client_credentials'];

/** @returns the secret in the output of `--generate-secret --json`. */
function readSecret({ stdout }: TpksResult): string {
  return String((JSON.parse(stdout) as { client_secret?: unknown }).client_secret);
}

describe('a client for a CI job', () => {
  let first: string;
  let second: string;

  test('is created with a secret that is printed once and not stored', async () => {
    const words = [
      'client',
      'add',
      'ci-reader',
      ...grants,
      '--authorities',
      'pks.clusters.admin.read',
    ];
    const added = await uaa(...words, '--generate-secret', '--json', '--trace');
    expect(added.code).toBe(0);
    first = readSecret(added);
    expect(first).toMatch(/^[A-Za-z][\w-]{42}$/);
    expect(findLeaks(added.stderr, { secret: first })).toEqual([]);
    for (const file of operator.files()) {
      expect(findLeaks(operator.read(file).toString('latin1'), { secret: first })).toEqual([]);
    }
  });

  test('rotates its secret without downtime', async () => {
    const job = await createTargetedUser();
    second = readSecret(await uaa('secret', 'add', 'ci-reader', '--generate-secret', '--json'));
    expect(await fetchToken(job, 'ci-reader', first)).toMatchObject({ code: 0 });
    expect(await fetchToken(job, 'ci-reader', second)).toMatchObject({ code: 0 });
    expect(await uaa('secret', 'delete', 'ci-reader')).toMatchObject({ code: 0 });
    expect(await fetchToken(job, 'ci-reader', first)).toMatchObject({ code: 4 });
    expect((await job.tpks(['uaa', 'client', 'get', 'ci-reader', '--meta'])).code).toBe(0);
  });

  test('changes its own secret and then needs a new token', async () => {
    await uaa('client', 'update', 'ci-reader', '--authorities', 'clients.secret,clients.read');
    const job = await createTargetedUser();
    await fetchToken(job, 'ci-reader', second);
    const changed = await job.tpks(
      ['uaa', 'secret', 'change', '--old-secret-file', '-', '--generate-secret', '--json'],
      { stdin: second },
    );
    expect(changed.code).toBe(0);
    expect(changed.stderr).toContain('tpks uaa token client get ci-reader');
    expect(await job.tpks(['uaa', 'clients'])).toMatchObject({ code: 4 });
    expect(await fetchToken(job, 'ci-reader', readSecret(changed))).toMatchObject({ code: 0 });
  });
});

describe('an identity zone that does not exist', () => {
  test.each([
    [['clients', '-z', 'nope'], 'Identity zone with the subdomain nope not found'],
    [['-z', 'nope', 'users'], 'Identity zone with the subdomain nope not found'],
    [['group', 'get', 'openid', '--zone-id', 'nope'], 'Identity zone with the id nope not found'],
    [
      ['client', 'delete', 'pks_cli', '--if-exists', '--zone=nope'],
      'Identity zone with the subdomain nope not found',
    ],
  ])('is reported by %j', async (words, message) => {
    const { code, stderr } = await uaa(...words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Error: ${message}\n`)]);
  });

  test('is not needed for the default zone or for PKS commands', async () => {
    expect(await uaa('client', 'get', 'pks_cli', '--zone-id', 'uaa')).toMatchObject({ code: 0 });
    expect(await operator.tpks(['clusters', '-z', 'dev'])).toMatchObject({ code: 2 });
  });
});

test.each([
  ['secret', 'set'],
  ['secret', 'add'],
  ['secret', 'change'],
  ['secret', 'delete'],
  ['client', 'jwt', 'delete'],
  ['group', 'unmap'],
])('uaa %s %s reports a missing session before any prompt', async (...words) => {
  expect(await createUser().tpks(['uaa', ...words])).toMatchObject({ code: 4, stdout: '' });
});
