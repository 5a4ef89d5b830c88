import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readClaims } from '../../src/domain/auth/claims.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { testAsRoot } from '../support/runner/as-root.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  user = createUser();
  await sandbox.login(user, 'cody');
  sandbox.clearRequests();
});

const password = { PKS_USER_PASSWORD: 'cody-password' };
const store = { TPKS_STORE: 'file' };

const pathOf = (testUser: TestUser) => join(dirname(testUser.home), '.kube', 'config');

interface NamedEntry {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Reads the kubeconfig of a user. */
function readKubeconfig(testUser: TestUser) {
  return parse(readFileSync(pathOf(testUser), 'utf8')) as {
    readonly 'current-context': string;
    readonly clusters: readonly NamedEntry[];
    readonly contexts: readonly NamedEntry[];
    readonly users: readonly NamedEntry[];
  };
}

const userName = () => `cody@${new URL(sandbox.api).host}`;

describe('tpks get-credentials', () => {
  test('writes an entry that starts the plugin, which prints an ID token', async () => {
    const { code, stdout } = await user.tpks(['get-credentials', 'dev-1'], { env: password });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        '',
        'Fetching credentials for cluster dev-1.',
        'PKS_USER_PASSWORD is set. Reading password from PKS_USER_PASSWORD',
        'Context set for cluster dev-1.',
        '',
        'You can now switch between clusters by using:',
        '$kubectl config use-context <cluster-name>',
        '',
      ].join('\n'),
    );
    const kubeconfig = readKubeconfig(user);
    expect(kubeconfig).toMatchObject({
      'current-context': 'dev-1',
      contexts: [{ name: 'dev-1', context: { cluster: 'dev-1', user: userName() } }],
      users: [
        {
          name: userName(),
          user: {
            exec: {
              args: ['kube-credential', '--context', 'cody@localhost'],
              env: [{ name: 'TPKS_HOME', value: user.home }],
            },
          },
        },
      ],
    });
    const plugin = await user.tpks(['kube-credential', '--context', 'cody@localhost']);
    const { status } = JSON.parse(plugin.stdout) as { readonly status: { readonly token: string } };
    expect(readClaims(status.token)).toMatchObject({
      aud: ['pks_cluster_client'],
      user_name: 'cody',
    });
  });

  test('sends no token request for a second cluster', async () => {
    await user.tpks(['get-credentials', 'dev-1'], { env: password });
    sandbox.clearRequests();
    const { code } = await user.tpks(['get-credentials', 'dev-2']);
    expect(code).toBe(0);
    expect(sandbox.requests()).toEqual(['api POST /v1/clusters/dev-2/binds']);
    expect(readKubeconfig(user).contexts.map(({ name }) => name)).toEqual(['dev-1', 'dev-2']);
  });

  test('writes nothing if the password is wrong', async () => {
    const env = { PKS_USER_PASSWORD: 'wrong' };
    const { code, stderr } = await user.tpks(['get-credentials', 'dev-1'], { env });
    expect(code).toBe(4);
    expect(stderr).toContain('Credentials were rejected, please try again.');
    expect(existsSync(pathOf(user))).toBe(false);
  });

  describe.each(['oidc', 'token'])('with --kubeconfig-format %s', (format) => {
    const words = ['get-credentials', 'dev-1', '--kubeconfig-format', format];
    const text = 'kind: Config\n';
    beforeEach(() => {
      mkdirSync(dirname(pathOf(user)));
    });

    test('sends nothing if other users can read the file', async () => {
      writeFileSync(pathOf(user), text, { mode: 0o644 });
      const { code, stderr } = await user.tpks(words, { env: password });
      expect({ code, stderr }).toEqual({
        code: 7,
        stderr:
          `\nError: Cannot write a token to ${pathOf(user)}: other users can read it\n` +
          `Hint: chmod 600 '${pathOf(user)}'\n`,
      });
      expect(sandbox.requests()).toEqual([]);
      expect(readFileSync(pathOf(user), 'utf8')).toBe(text);
      chmodSync(pathOf(user), 0o600);
      expect(await user.tpks(words, { env: password })).toMatchObject({ code: 0 });
    });

    test('checks the file that a symbolic link refers to', async () => {
      const file = join(dirname(pathOf(user)), 'real');
      writeFileSync(file, text, { mode: 0o640 });
      symlinkSync(file, pathOf(user));
      expect(await user.tpks(words, { env: password })).toMatchObject({ code: 7 });
      chmodSync(file, 0o600);
      expect(await user.tpks(words, { env: password })).toMatchObject({ code: 0 });
    });

    test('checks the file that already contains the user entry', async () => {
      const other = join(dirname(pathOf(user)), 'other');
      const entry = `users:\n- {name: "${userName()}", user: {token: old}}\n`;
      writeFileSync(pathOf(user), text, { mode: 0o600 });
      writeFileSync(other, entry, { mode: 0o644 });
      const env = { ...password, KUBECONFIG: `${pathOf(user)}:${other}` };
      const { code, stderr } = await user.tpks(words, { env });
      expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining(other) });
      expect(readFileSync(other, 'utf8')).toBe(entry);
      expect(readFileSync(pathOf(user), 'utf8')).toBe(text);
    });

    test('prints the kubeconfig without checking the file', async () => {
      writeFileSync(pathOf(user), text, { mode: 0o644 });
      const result = await user.tpks([...words, '--print'], { env: password });
      expect(result).toMatchObject({ code: 0 });
    });

    for (const name of ['tpks', 'pks']) {
      testAsRoot(`sends nothing if the file belongs to another user (${name})`, async () => {
        writeFileSync(pathOf(user), text, { mode: 0o600 });
        chownSync(pathOf(user), 4321, 4321);
        const options = { env: password, programName: name };
        const { code, stderr } = await user.tpks(words, options);
        expect({ code, stderr }).toEqual({
          code: 7,
          stderr: expect.stringContaining('belongs to another user (uid 4321)'),
        });
        expect(sandbox.requests()).toEqual([]);
        expect(readFileSync(pathOf(user), 'utf8')).toBe(text);
      });
    }
  });

  test('pks writes a token to a file that other users can read, and prints a warning', async () => {
    mkdirSync(dirname(pathOf(user)));
    writeFileSync(pathOf(user), 'kind: Config\n', { mode: 0o644 });
    const words = ['get-credentials', 'dev-1'];
    const result = await user.tpks(words, { env: password, programName: 'pks' });
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining('chmod 600') });
    expect(readFileSync(pathOf(user), 'utf8')).toContain('refresh-token');
  });

  test('writes nothing for a UAA client', async () => {
    const client = createUser();
    const words = ['--client-name', 'admin', '--client-secret', 'adminsecret', '--store', 'file'];
    await client.tpks(['login', ...sandbox.loginOptions, ...words]);
    const { code, stderr } = await client.tpks(['get-credentials', 'dev-1']);
    expect(code).toBe(1);
    expect(stderr).toContain('does not issue to clients or CI jobs such as admin');
    expect(existsSync(pathOf(client))).toBe(false);
  });

  test('prints a kubeconfig without changing a file', async () => {
    const words = ['get-credentials', 'dev-1', '--print', '--server', '127.0.0.1'];
    const { stdout } = await user.tpks(words, { env: password });
    expect(parse(stdout)).toMatchObject({
      'current-context': 'dev-1',
      clusters: [
        {
          cluster: {
            server: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
            'tls-server-name': 'localhost',
          },
        },
      ],
    });
    expect(existsSync(pathOf(user))).toBe(false);
  });

  test('logs in with a one-time code', async () => {
    const code = await sandbox.passcode('cody');
    const words = ['get-credentials', 'dev-1', '--sso-passcode', code];
    expect((await user.tpks(words)).code).toBe(0);
  });

  test('works with credentials from the environment', async () => {
    const other = createUser();
    const env = {
      ...{ TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa, TPKS_CA_CERT: sandbox.caCert },
      ...{ TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password', ...store },
    };
    expect((await other.tpks(['get-credentials', 'dev-1'], { env })).code).toBe(0);
    const { code } = await other.tpks(['kube-credential', '--context', userName()]);
    expect(code).toBe(0);
  });
});

describe('pks get-credentials', () => {
  test('writes the self-contained entry of the original CLI', async () => {
    const { code } = await user.tpks(['get-credentials', 'dev-1'], {
      stdin: 'cody-password\n',
      programName: 'pks',
    });
    expect(code).toBe(0);
    expect(readKubeconfig(user).users).toEqual([
      {
        name: 'cody',
        user: {
          'auth-provider': {
            name: 'oidc',
            config: {
              'client-id': 'pks_cluster_client',
              'client-secret': '',
              cluster_client_secret: '',
              'id-token': expect.stringMatching(/^eyJ/),
              'idp-certificate-authority-data': Buffer.from(sandbox.caPem).toString('base64'),
              'idp-issuer-url': `${sandbox.uaa}/oauth/token`,
              'refresh-token': expect.stringMatching(/^[\da-f]{32}-r$/),
            },
          },
        },
      },
    ]);
  });
});

describe('tpks get-kubeconfig', () => {
  test('needs no login and creates no role binding', async () => {
    const other = createUser();
    const words = ['get-kubeconfig', 'dev-1', ...sandbox.loginOptions, '-u', 'naomi'];
    const { code, stdout } = await other.tpks(words, {
      env: { PKS_USER_PASSWORD: 'naomi-password', ...store },
    });
    expect(code).toBe(0);
    // The session has no context, but logout accepts it.
    const { stdout: suggestions } = await other.tpks([
      '__complete',
      '--',
      'logout',
      '--context',
      '',
    ]);
    expect(suggestions).toMatch(/^naomi@/);
    expect(stdout).toContain(
      'You can now use the kubeconfig for user naomi:\n$kubectl config use-context dev-1\n',
    );
    expect(sandbox.requests()).toContain('api GET /v1/clusters/dev-1/binds/naomi');
    const { contexts } = JSON.parse(other.read('config.json').toString()) as { contexts: object };
    expect(contexts).toEqual({});
  });

  test('without a store, names the format that does not need one', async () => {
    const other = createUser();
    const words = ['get-kubeconfig', 'dev-1', ...sandbox.loginOptions, '-u', 'naomi'];
    const env = { PKS_USER_PASSWORD: 'naomi-password', TPKS_STORE: 'none' };
    const { code, stderr } = await other.tpks(words, { env });
    expect(code).toBe(2);
    expect(stderr).toContain('A kubeconfig with the format exec needs a store for its tokens');
    expect(stderr).toContain('--kubeconfig-format oidc');
    expect((await other.tpks([...words, '--kubeconfig-format', 'oidc'], { env })).code).toBe(0);
  });
});

test('a cluster without OpenID Connect gets the token of a service account, without a prompt', async () => {
  const tokens = await startTestSandbox({ provisionSeconds: 0, kubeAuth: 'token' });
  try {
    const other = createUser();
    await tokens.login(other, 'cody');
    expect((await other.tpks(['get-credentials', 'dev-1'])).code).toBe(0);
    expect(readKubeconfig(other).users).toMatchObject([
      { name: expect.stringMatching(/^[\da-f-]{36}$/), user: { token: expect.any(String) } },
    ]);
    const explicit = await other.tpks(['get-credentials', 'dev-1', '--kubeconfig-format', 'exec']);
    expect(explicit.code).toBe(2);
  } finally {
    await tokens.close();
  }
});

test('the failure of a broker that cannot reach the cluster is explained', async () => {
  const failing = await startTestSandbox({ provisionSeconds: 0, bindsError: 'refused' });
  try {
    const other = createUser();
    await failing.login(other, 'cody');
    const { code, stderr } = await other.tpks(['get-credentials', 'dev-1']);
    expect(code).toBe(5);
    expect(stderr).toContain('the broker cannot reach the Kubernetes API of dev-1');
  } finally {
    await failing.close();
  }
});
