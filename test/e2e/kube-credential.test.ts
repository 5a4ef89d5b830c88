import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/domain/auth/claims.js';
import type { StoredSession } from '../../src/domain/auth/session-repository.js';
import type { Plain } from '../support/checks/plain-tokens.js';
import {
  execInfo,
  likeKubectl,
  startKubernetesSession,
} from '../support/fixtures/kubernetes-session.js';
import { createUser } from '../support/program/cli.js';
import { isNightly } from '../support/runner/nightly.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { respond } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

const name = 'alana@127.0.0.1';
const stored = `kubernetes:${name}`;
const past = '2020-01-01T00:00:00.000Z';
const words = ['kube-credential', '--context', name];

let sandbox: TestSandbox;
let front: FaultyInstallation;
const alana = createUser();
let initialSession: Plain<StoredSession>;

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
  await startKubernetesSession(alana, target(), name);
  initialSession = await alana.readSession(stored);
});
afterAll(() => front.close());
beforeEach(async () => {
  await alana.changeSession(stored, { ...initialSession, refreshRejectedAt: undefined });
  front.reset();
  sandbox.clearRequests();
});

function target() {
  const { api, uaa, certificates } = front;
  return { api: api.origin, uaa: uaa.origin, caPem: certificates.ca.cert };
}

const expire = () => alana.changeSession(stored, { expiresAt: past });

interface Credential {
  readonly apiVersion: string;
  readonly kind: string;
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** Parses the output, which must be exactly one line of JSON. */
function parse(stdout: string): Credential {
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(stdout) as Credential;
}

describe('a fresh token', () => {
  test('is printed without a request: the ID token, with the time at which to renew it', async () => {
    const { code, stdout, stderr } = await alana.tpks(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { apiVersion, kind, status } = parse(stdout);
    expect({ apiVersion, kind }).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
    });
    const claims = readClaims(status.token);
    // The access token of this client has the same issuer and user, but more audiences.
    expect(claims).toMatchObject({ aud: ['pks_cluster_client'], user_name: 'alana' });
    const remaining = Number(claims?.['exp']) - Date.parse(status.expirationTimestamp) / 1000;
    // A tenth of the lifetime, but at most 60 s.
    expect(remaining).toBeGreaterThanOrEqual(59);
    expect(remaining).toBeLessThanOrEqual(62);
    expect(sandbox.requests()).toEqual([]);
  });

  test.each(['v1', 'v1beta1'])('is printed in the requested version %s', async (version) => {
    const env = { KUBERNETES_EXEC_INFO: execInfo(undefined, version) };
    const { stdout } = await alana.tpks(words, { env });
    expect(parse(stdout).apiVersion).toBe(`client.authentication.k8s.io/${version}`);
  });

  test.each([[['--json']], [['--trace']], [['--non-interactive', '--no-color']]])(
    'is the only output on stdout with %j',
    async (options) => {
      await expire();
      const { code, stdout } = await alana.tpks([...words, ...options]);
      expect(code).toBe(0);
      expect(parse(stdout).kind).toBe('ExecCredential');
    },
  );

  test('is found by the name of the context, even without --context', async () => {
    const user = createUser();
    await sandbox.login(user, 'alana');
    await startKubernetesSession(user, sandbox, 'alana@localhost');
    for (const options of [[], ['--context', 'alana'], ['--context', 'alana@localhost']]) {
      const result = await user.tpks(['kube-credential', ...options]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(readClaims(parse(result.stdout).status.token)).toMatchObject({ user_name: 'alana' });
    }
  });
});

describe('an expired token', () => {
  test('is renewed with one request', async () => {
    await expire();
    const { code, stdout, stderr } = await alana.tpks(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(parse(stdout).status.token).not.toBe(initialSession.accessToken);
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token']);
    expect(sandbox.refreshRequests()).toMatchObject([{ client: 'pks_cluster_client' }]);
    const { accessToken } = await alana.readSession(stored);
    expect(accessToken).toBe(parse(stdout).status.token);
  });

  test('is renewed once by parallel processes, and all of them succeed', async () => {
    await expire();
    const length = isNightly ? 50 : 5;
    const results = await Promise.all(
      Array.from({ length }, () => alana.spawn(words, { ...likeKubectl, limitSeconds: 120 })),
    );
    expect(results.filter(({ code }) => code !== 0)).toEqual([]);
    const tokens = new Set(results.map(({ stdout }) => parse(stdout).status.token));
    expect(tokens.size).toBe(1);
    expect(sandbox.refreshRequests()).toHaveLength(1);
  }, 180_000);

  test('leads to exit code 5 with the reason if the UAA is not available', async () => {
    await expire();
    front.uaa.setBehaviour(respond({ status: 503, body: { error: 'maintenance' } }));
    const result = await alana.tpks(words);
    expect(result).toMatchObject({ code: 5, stdout: '' });
    expect(result.stderr).toMatch(/maintenance|503/);
  });

  test('leads to exit code 4 and the command to type if the session has been revoked', async () => {
    await expire();
    front.uaa.setBehaviour(
      respond({ status: 401, body: { error: 'invalid_token', error_description: 'revoked' } }),
    );
    for (let run = 1; run <= 2; run += 1) {
      const result = await alana.spawn(words, likeKubectl);
      expect(result).toMatchObject({ code: 4, stdout: '' });
      expect(result.stderr).toContain('Hint: tpks get-kubeconfig dev-1 -a https://127.0.0.1:');
    }
    expect(front.uaa.requests).toHaveLength(1);
  });

  test('leads to two lines on stderr, because kubectl runs a failed plugin up to five times', async () => {
    await alana.changeSession(stored, { expiresAt: past, refreshRejectedAt: past });
    const { code, stderr } = await alana.spawn(words, likeKubectl);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^Error: [^\n]+\nHint: [^\n]+\n$/);
  });

  test('is used until it expires if the UAA is not available', async () => {
    const expiresAt = new Date(Date.now() + 40_000).toISOString();
    await alana.changeSession(stored, { expiresAt });
    front.uaa.setBehaviour(respond({ status: 503, body: {} }));
    const { code, stdout, stderr } = await alana.tpks(words);
    expect(code).toBe(0);
    const { status } = parse(stdout);
    expect(status.token).toBe(initialSession.accessToken);
    expect(Math.abs(Date.parse(status.expirationTimestamp) - Date.parse(expiresAt))).toBeLessThan(
      2000,
    );
    expect(stderr).toMatch(/^Warning: the token was not renewed/);
  });
});

test('a token is returned until it expires, because kubectl does not report that it was rejected', async () => {
  const through = ['sh', '-c', '"$@"; "$@"; "$@"', '_'];
  const { code, stdout } = await alana.spawn(words, { ...likeKubectl, through });
  expect(code).toBe(0);
  expect(new Set(stdout.trim().split('\n')).size).toBe(1);
  expect(sandbox.requests()).toEqual([]);
});

test('without verification of certificates, prints no warning', async () => {
  const user = createUser();
  const changes = { caCert: undefined, skipTlsVerification: true };
  await startKubernetesSession(user, target(), name, changes);
  await user.changeSession(stored, { expiresAt: past });
  expect(await user.tpks(words)).toMatchObject({ code: 0, stderr: '' });
  expect(sandbox.refreshRequests()).toHaveLength(1);
});

describe('with the CA of another installation', () => {
  test('names the command that trusts another CA, and works with TPKS_CA_CERT', async () => {
    const user = createUser();
    await startKubernetesSession(user, target(), name);
    const path = join(user.home, 'config.json');
    const settings = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly kubernetesSessions: Record<string, object>;
    };
    const caCert = front.certificates.untrustedCa.cert;
    settings.kubernetesSessions[name] = { ...settings.kubernetesSessions[name], caCert };
    writeFileSync(path, JSON.stringify(settings));
    await user.changeSession(stored, { expiresAt: past });
    sandbox.clearRequests();
    const result = await user.tpks(words);
    expect(result).toMatchObject({ code: 6, stdout: '' });
    expect(result.stderr).toMatch(
      /tpks get-kubeconfig dev-1 -a https:\/\/127\.0\.0\.1:\d+ .*-u alana --ca-cert FILE/,
    );
    expect(sandbox.requests()).toEqual([]);
    const env = { TPKS_CA_CERT: front.caCert };
    expect(await user.tpks(words, { env })).toMatchObject({ code: 0, stderr: '' });
  });
});

test('completion of --context offers the names of sessions', async () => {
  const complete = async (...line: string[]) =>
    (await alana.tpks(['__complete', '--', ...line, '--context', ''])).stdout;
  expect(await complete('kube-credential')).toContain(`${name}\n`);
  expect(await complete('clusters')).not.toContain(name);
});

describe('tpks token --audience kubernetes', () => {
  test('prints the ID token in every format', async () => {
    const print = async (format: string) => {
      const options = ['token', '--audience', 'kubernetes', '--format', format, '--context', name];
      return (await alana.tpks(options)).stdout;
    };
    const { accessToken: idToken } = initialSession;
    expect(await print('raw')).toBe(`${idToken}\n`);
    expect(await print('header')).toBe(`Authorization: Bearer ${idToken}\n`);
    expect(await print('env')).toBe(`export TPKS_TOKEN='${idToken}'\n`);
    expect(JSON.parse(await print('json'))).toMatchObject({
      idToken,
      tokenType: 'bearer',
      context: name,
      identity: 'alana',
      uaa: target().uaa,
      api: target().api,
    });
    expect(parse(await print('exec-credential')).status.token).toBe(idToken);
    expect(sandbox.requests()).toEqual([]);
  });

  test('--decode verifies the signature and shows the claims', async () => {
    const options = ['--audience', 'kubernetes', '--decode', '--context', name];
    const { code, stdout, stderr } = await alana.tpks(['token', ...options]);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Valid token signature/),
    });
    expect(stdout).toMatch(/\naud: +pks_cluster_client\n/);
  });
});

describeIfPart('pty', 'on a terminal', () => {
  const env = { KUBERNETES_EXEC_INFO: execInfo({ interactive: true }), TERM: 'xterm' };
  const prompt = 'Password of alana at 127.0.0.1: ';
  const endSession = () =>
    alana.changeSession(stored, { expiresAt: past, refreshRejectedAt: past });

  test('prompts for the password if the session has ended, and stores the new session', async () => {
    await endSession();
    const terminal = alana.atTerminal(words, env);
    await terminal.waitFor(prompt);
    terminal.type('alana-password\r');
    expect(await terminal.exited).toBe(0);
    expect(terminal.screen()).toContain('"kind":"ExecCredential"');
    const session = await alana.readSession(stored);
    expect(session.refreshRejectedAt).toBeUndefined();
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token']);
  });

  test('Ctrl-C at the prompt ends the command with SIGINT and changes nothing', async () => {
    await endSession();
    const terminal = alana.atTerminal(words, env);
    await terminal.waitFor(prompt);
    terminal.type('\u0003');
    expect(await terminal.exited).toBe('SIGINT');
    expect(sandbox.requests()).toEqual([]);
  });
});
