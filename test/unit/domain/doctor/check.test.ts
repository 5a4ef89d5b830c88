import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import {
  runCheck,
  pass,
  fail,
  warn,
  type CheckResult,
} from '../../../../src/domain/doctor/check.js';
import { checkCompletion } from '../../../../src/domain/doctor/completion.js';
import { checkCertificate, checkConnection } from '../../../../src/domain/doctor/connection.js';
import {
  checkFiles,
  checkLocks,
  checkPlainTextFiles,
} from '../../../../src/domain/doctor/files.js';
import {
  checkKubeconfig,
  checkKubectl,
  checkLink,
  checkOwnProgram,
  findPrograms,
} from '../../../../src/domain/doctor/programs.js';
import { type Server, resolveSelection } from '../../../../src/domain/doctor/selection.js';
import {
  checkClock,
  checkUaaVersion,
  checkServer,
} from '../../../../src/domain/doctor/server-checks.js';
import { checkKeychain, checkSession } from '../../../../src/domain/doctor/session-checks.js';
import type { Send, HttpRequest } from '../../../../src/platform/http/send.js';
import { toResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import {
  aUserContext,
  aClientContext,
  aSession,
  adminSettings,
} from '../../../support/fixtures/fixtures.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

const folder = fileFolder();
const now = new Date('2026-06-01T00:00:00Z');
const server: Server = {
  role: 'UAA',
  url: 'https://api.example.com:8443',
  trust: { skipTlsVerification: false, trustCommand: 'tpks login --ca-cert FILE' },
  caSource: 'context',
  context: undefined,
};
const address = 'api.example.com:8443';

describe('checkConnection', () => {
  const unknownHost = { ...server, url: `https://${'x'.repeat(64)}.invalid` };
  const connect = async (target: Server, proxy?: string, noProxy = '') => {
    const variable = 'https_proxy' as const;
    const proxyVariables = proxy === undefined ? proxy : { variable, address: proxy, noProxy };
    return checkConnection(target, { proxyVariables, systemRoots: () => [] }, now);
  };

  test.each([
    ['an invalid proxy', 'ftp://x', 'proxy fail, dns skip, tcp skip, tls skip'],
    ['an unknown host', undefined, 'proxy pass, dns fail, tcp skip, tls skip'],
    ['a proxy that is down', 'http://127.0.0.1:1', 'proxy pass, dns skip, tcp fail, tls skip'],
  ])('fails for %s, and skips what depends on it', async (_name, proxy, expected) => {
    const results = await connect(unknownHost, proxy);
    expect(results.map(({ check, status }) => `${check} ${status}`).join(', ')).toBe(expected);
  });

  test('names the variable of the proxy, and not its password', async () => {
    const results = await connect(server, 'http://u:hunter2@127.0.0.1:1');
    expect(results[0]?.message).toBe(`${address}: http://127.0.0.1:1, set in https_proxy`);
    expect(results[2]?.fix).toBe(
      'unset https_proxy, correct it, or add the host to NO_PROXY: export NO_PROXY=api.example.com',
    );
    expect(JSON.stringify(results)).not.toContain('hunter2');
  });

  test('looks up the host of a server for which no proxy is used', async () => {
    const [proxy, dns] = await connect(unknownHost, 'http://127.0.0.1:1', '.invalid');
    expect(proxy?.message).toContain('none, because NO_PROXY is .invalid');
    expect(dns?.status).toBe('fail');
  });
});

describe('runCheck', () => {
  const check = (run: () => Promise<CheckResult>, seconds = 60) =>
    runCheck('locks', 'folder', seconds, run);

  test('reports a check that hangs as a failure', async () => {
    expect(await check(() => new Promise(() => undefined), 0)).toEqual([
      fail('locks', 'folder: no result within 0 s', 'tpks doctor --trace'),
    ]);
  });

  test('describes a file system error without the system call', async () => {
    const error = Object.assign(new Error("ENOTDIR: not a directory, scandir '/nowhere/a'"), {
      code: 'ENOTDIR',
      errno: -20,
      path: '/nowhere/a',
    });
    expect(await check(() => Promise.reject(error))).toEqual([
      fail('locks', 'Cannot read /nowhere/a: not a directory', 'set TPKS_HOME to another folder'),
    ]);
  });

  test('reports an unexpected error as a failure', async () => {
    const [result] = await check(() => Promise.reject(new Error('broken')));
    expect(result).toMatchObject({ status: 'fail', message: 'folder: broken' });
  });
});

describe('checkCertificate', () => {
  const subject = { CN: 'api', C: 'US', ST: '', L: '', O: '', OU: '' };
  const certificate = (validTo: string) => ({ issuer: subject, subject, valid_to: validTo });
  const root = certificate('2036-01-01');

  test.each([
    ['2027-01-01', false, 'pass', 'trusted by the system store'],
    ['2027-01-01', true, 'warn', 'trusted by the system store'],
    ['2026-06-20', false, 'warn', 'expires in 19 d'],
    ['2026-05-01', false, 'fail', 'has expired'],
  ])('a certificate valid until %s, -k %j: %s', (end, skipTlsVerification, status, text) => {
    const trust = { ...server.trust, skipTlsVerification };
    const chain = [certificate(end), root];
    const trustText = 'trusted by the system store';
    const result = checkCertificate({ ...server, trust }, chain, trustText, now);
    expect(result).toMatchObject({ status, message: expect.stringContaining(text) });
    expect(result.fix === undefined).toBe(status === 'pass');
  });
});

/** Responds with JSON by path; 404 for all other paths. */
const respond =
  (responses: Readonly<Record<string, unknown>>): Send =>
  async ({ url }) => {
    const { pathname } = new URL(url);
    const body = responses[pathname];
    return toResponse(body === undefined ? { status: 404, body: {} } : { body });
  };

describe('the checks of servers', () => {
  test('read the version of the UAA, and fail for another server', async () => {
    const info = { app: { version: '77.1' }, prompts: {} };
    expect(await checkUaaVersion(server, respond({ '/info': info }))).toEqual(
      pass('version', `${address}: UAA 77.1`),
    );
    await expect(checkUaaVersion(server, respond({}))).rejects.toMatchObject({ kind: 'failed' });
  });

  test.each([
    [0, 'pass', '0 s'],
    [-29, 'pass', '29 s'],
    [40, 'warn', '40 s behind'],
    [-400, 'fail', '400 s ahead of'],
    [undefined, 'skip', 'does not send its time'],
  ])('a clock difference of %s s: %s', (offset, status, text) => {
    const result = checkClock(server, offset, 'linux');
    expect(result).toMatchObject({ status, message: expect.stringContaining(text) });
  });
});

describe('checkSession', () => {
  const stored = {
    accessToken: new Secret('a-token'),
    refreshToken: new Secret('a-refresh-token'),
    scope: '',
    expiresAt: '2026-06-01T00:10:00Z',
    lifetimeSeconds: 600,
    clockOffsetSeconds: 0,
  };
  const expired = { ...stored, expiresAt: '2026-05-01T00:00:00Z' };

  test.each([
    ['fresh', stored, 'pass'],
    ['expired', expired, 'pass'],
    ['expired without a refresh token', { ...expired, refreshToken: undefined }, 'fail'],
    ['rejected', { ...stored, refreshRejectedAt: '2026-05-01T00:00:00Z' }, 'fail'],
    ['missing', undefined, 'fail'],
  ])('a session that is %s', (_name, session, status) => {
    expect(checkSession(aUserContext(), session, now)).toMatchObject({ status });
  });

  test('shows when the token expires in hours and minutes', () => {
    const later = { ...stored, expiresAt: '2026-06-01T11:59:30Z' };
    const { message } = checkSession(aUserContext(), later, now);
    expect(message).toContain('the token expires in 11 h 59 min and is then renewed');
  });
});

describe('checkKeychain', () => {
  const keychain = (times: number[]) => ({
    keychain: async () => ({ probe: async () => undefined }),
    clock: { monotonic: () => times.shift() ?? 0 },
  });

  test('reports the duration, and warns if it is long', async () => {
    expect(await checkKeychain('keychain', keychain([0, 12]))).toMatchObject({
      status: 'pass',
      message: expect.stringContaining('in 12 ms'),
    });
    expect(await checkKeychain('keychain', keychain([0, 2000]))).toMatchObject({ status: 'warn' });
  });

  test('does nothing if nothing is stored', async () => {
    expect(await checkKeychain('none', keychain([]))).toMatchObject({ status: 'skip' });
  });
});

describe('checkFiles', () => {
  const file = (mode: number, kind: 'key' | 'session' | 'settings' = 'key', owner = 1000) => ({
    path: `/nowhere/a.${kind}`,
    kind,
    mode,
    owner,
  });

  test.each([
    ['private', file(0o600), 'pass', undefined],
    ['readable by others', file(0o644), 'fail', "chmod 600 '/nowhere/a.key'"],
    ['a readable session', file(0o640, 'session'), 'fail', "chmod 600 '/nowhere/a.session'"],
    ['readable settings', file(0o644, 'settings'), 'warn', "chmod 600 '/nowhere/a.settings'"],
    ['writable settings', file(0o666, 'settings'), 'fail', "chmod 600 '/nowhere/a.settings'"],
    ['of another user', file(0o600, 'key', 0), 'fail', "sudo chown 1000 '/nowhere/a.key'"],
  ])('a file that is %s', (_name, stored, status, fix) => {
    expect(checkFiles([stored], 1000)).toEqual([expect.objectContaining({ status })]);
    expect(checkFiles([stored], 1000)[0]?.fix).toBe(fix);
  });

  test('counts further problems instead of listing them', () => {
    const results = checkFiles(
      Array.from({ length: 8 }, () => file(0o644)),
      1000,
    );
    expect(results).toHaveLength(6);
    expect(results.at(-1)?.message).toBe('3 more files or folders have problems');
  });
});

test.each([
  ['a private file', 'uaac', 0o600, false, 'warn'],
  ['a file that others can read', 'pks', 0o644, true, 'fail'],
  ['a file that the user asked for', 'pks', 0o600, true, 'pass'],
] as const)('checkPlainTextFiles reports %s', (_name, tool, mode, isOptedIn, status) => {
  const files = [{ path: '/home/a/file', tool, mode, owner: 1000 }];
  expect(checkPlainTextFiles(files, isOptedIn, 1000)).toMatchObject([{ status }]);
});

test('checkPlainTextFiles reports a file of another user, whose mode this user cannot change', () => {
  const files = [{ path: '/home/a/file', tool: 'uaac', mode: 0o644, owner: 0 } as const];
  expect(checkPlainTextFiles(files, false, 1000)).toMatchObject([
    { status: 'fail', fix: "sudo chown 1000 '/home/a/file'" },
  ]);
});

test.each([
  ['no lock', [], 'pass'],
  [
    'a lock of a process that has ended',
    [{ ageSeconds: 1, owner: { pid: 7, hasEnded: true } }],
    'warn',
  ],
  [
    'a lock that was just acquired',
    [{ ageSeconds: 1, owner: { pid: 7, hasEnded: false } }],
    'pass',
  ],
  ['a lock held for a long time', [{ ageSeconds: 99, owner: { pid: 7, hasEnded: false } }], 'fail'],
  ['a lock of another host', [{ ageSeconds: 99, owner: { pid: 7, hasEnded: undefined } }], 'fail'],
  ['a damaged lock', [{ ageSeconds: 99, owner: undefined }], 'fail'],
])('checkLocks reports %s', (_name, locks, status) => {
  const results = checkLocks(locks.map((lock) => ({ path: '/nowhere/a.lock', ...lock })));
  expect(results).toMatchObject([{ status }]);
});

test.each([
  ['loaded', { TPKS_COMPLETION: 'zsh' }, 'pass'],
  ['loaded by a script of 0.2.0', { TPKS_COMPLETION: 'zsh 41 tpks' }, 'pass'],
  ['not loaded', {}, 'warn'],
  ['in a shell without a script', { SHELL: '/bin/tcsh' }, 'skip'],
])('checkCompletion for completion that is %s', (_name, variables, status) => {
  const env = { HOME: '/nowhere', SHELL: '/bin/zsh', ...variables };
  expect(checkCompletion({ env, platform: 'linux' }, true)).toMatchObject({ status });
});

test('checkCompletion finds the file of the login shell, and warns only in a terminal', () => {
  const env = { HOME: '/nowhere', SHELL: '/bin/zsh', FPATH: join(folder.path, 'completion') };
  const check = () => checkCompletion({ env, platform: 'linux' }, false);
  expect(check()).toMatchObject({ status: 'skip' });
  folder.write('completion/_tpks', '');
  expect(check()).toMatchObject({ status: 'pass' });
});

describe('the checks of PATH', () => {
  const tpks = { path: '/opt/links/pks', kind: 'this tpks' } as const;
  const original = { path: '/usr/bin/pks', kind: 'other' } as const;
  const broken = { path: '/old/pks', kind: 'broken' } as const;

  test.each([
    ['no program', [], 'skip', undefined],
    ['only the original', [original], 'skip', undefined],
    ['a link', [tpks], 'pass', undefined],
    ['a link before the original', [tpks, original], 'pass', undefined],
    ['a link after the original', [original, tpks], 'warn', 'export PATH=/opt/links:$PATH'],
    ['a broken link', [broken, tpks], 'fail', "rm '/old/pks'"],
  ])('checkLink reports %s', (_name, found, status, fix) => {
    const result = checkLink('pks', found);
    expect([result.status, result.fix]).toEqual([status, fix]);
  });

  test('findPrograms ignores folders that cannot be searched', () => {
    const bin = dirname(folder.write('bin/readme', ''));
    symlinkSync(process.execPath, join(bin, 'pks'));
    symlinkSync('missing', join(bin, 'uaac'));
    symlinkSync('tkgi', join(bin, 'tkgi'));
    // Root can search every folder, so a name that is too long stands for a folder of another user.
    const path = [`/${'x'.repeat(300)}`, bin].join(delimiter);
    const find = (name: string) =>
      findPrograms(name, { path, platform: 'linux', ownProgram: '/opt/tpks.js' });
    expect(find('pks')).toEqual([{ path: join(bin, 'pks'), kind: 'other' }]);
    expect(find('uaac')).toEqual([{ path: join(bin, 'uaac'), kind: 'broken' }]);
    expect(find('tkgi')).toEqual([]);
  });

  test('checkOwnProgram warns if another tpks is first', () => {
    const other = { path: '/usr/bin/tpks', kind: 'another tpks' } as const;
    expect(checkOwnProgram([tpks], '/opt/tpks.js').status).toBe('pass');
    expect(checkOwnProgram([other, tpks], '/opt/tpks.js').status).toBe('warn');
    expect(checkOwnProgram([], '/opt/tpks.js').status).toBe('warn');
  });

  test('checkKubectl reports the version, a missing program and one that fails', async () => {
    const kubectl = join(folder.path, 'kubectl');
    const json = '{"clientVersion":{"gitVersion":"v1.30.0"}}';
    writeFileSync(kubectl, `#!/bin/sh\necho '${json}'\n`, { mode: 0o755 });
    const check = () => checkKubectl({ env: { PATH: folder.path }, platform: 'linux' });
    expect(await check()).toEqual(pass('kubectl', `${kubectl}: v1.30.0`));
    writeFileSync(kubectl, '#!/bin/sh\nexit 1\n');
    expect((await check()).status).toBe('fail');
    rmSync(kubectl);
    expect((await check()).status).toBe('warn');
  });

  test('checkKubeconfig warns about a plugin that kubectl cannot start', () => {
    const context = (name: string, pluginCommand: string | undefined) => ({
      name,
      path: '/home/cody/.kube/config',
      isCurrent: false,
      owner: { api: 'https://api.example.com:9021', cluster: name, identity: 'cody' },
      server: 'https://dev-1.example.com:8443',
      userName: 'cody@api.example.com',
      sessionName: 'cody@api.example.com',
      pluginCommand,
    });
    const contexts = [
      context('dev-1', 'tpks'),
      context('dev-2', '/old/tpks'),
      context('dev-3', undefined),
      context('dev-4', 'tpks'),
    ];
    expect(checkKubeconfig(contexts, (program) => program === 'tpks')).toEqual([
      pass('kubectl', 'kubeconfig: tpks runs for dev-1, dev-4'),
      warn(
        'kubectl',
        'kubeconfig: /old/tpks, which kubectl runs for dev-2, does not exist',
        'write the entries again: tpks get-credentials dev-2 --no-switch',
      ),
    ]);
    expect(checkKubeconfig(contexts.slice(0, 1), () => false)[0]).toMatchObject({
      status: 'warn',
      message: 'kubeconfig: tpks, which kubectl runs for dev-1, is not on PATH',
    });
  });
});

/** @returns whether the check of the API sent the context's token. */
async function sendsToken(context: Context, scope: string): Promise<boolean> {
  const requests: HttpRequest[] = [];
  const trust = { skipTlsVerification: false };
  const accessToken = new Secret('access-1');
  const { expiresAt, lifetimeSeconds, clockOffsetSeconds } = aSession();
  await checkServer(
    { role: 'API', url: 'https://api.example.com:9021', trust, caSource: 'default', context },
    async () => ({ accessToken, scope, expiresAt, lifetimeSeconds, clockOffsetSeconds }),
    {
      connect: () => async (request) => {
        requests.push(request);
        return toResponse({ body: [] });
      },
      clock: fixedClock(),
      platform: 'linux',
    },
  );
  expect(requests).not.toEqual([]);
  return requests.some(({ headers }) => headers?.['authorization'] !== undefined);
}

test.each([
  [true, 'uaa.admin scim.read', false],
  [true, 'uaa.admin pks.clusters.admin', true],
  [false, 'uaa.admin', true],
])(
  'the token is sent to an API only if it is for this API: isApiUnconfirmed %j, scopes %s: %j',
  async (isApiUnconfirmed, scope, expected) => {
    expect(await sendsToken(aClientContext({ isApiUnconfirmed }), scope)).toBe(expected);
  },
);

const uaa = 'https://uaa.example.com';

/** After `uaa target --skip-ssl-validation` and `uaa token client get admin`. */
const admin = { ...adminSettings, api: undefined, uaa, skipTlsVerification: true };

/** @returns whether the certificate of each server is verified. */
async function findServers(api: string) {
  const settings = someSettings(selecting({ uaa: 'admin' }, { contexts: { admin } }));
  const env = { TPKS_API: api, TPKS_UAA_URL: uaa };
  const { servers } = await resolveSelection(settings, env, undefined, async () => [
    'pks.clusters.admin',
  ]);
  return servers.map(({ url, trust }) => [url, trust.skipTlsVerification ? 'no' : 'verified']);
}

describe('an API that the settings do not name', () => {
  test('is verified, even if the UAA on another host is not', async () => {
    expect(await findServers('https://api.example.com')).toEqual([
      ['https://api.example.com:9021', 'verified'],
      [uaa, 'no'],
    ]);
  });

  test('is trusted like the UAA on the same host', async () => {
    expect(await findServers('https://uaa.example.com')).toEqual([
      ['https://uaa.example.com:9021', 'no'],
      [uaa, 'no'],
    ]);
  });
});

test('the scopes of both roles are read at the same time, because a slow keychain delays each', async () => {
  const settings = someSettings({ contexts: { admin } });
  const env = { TPKS_API: 'https://api.example.com', TPKS_UAA_URL: uaa };
  const reads: ((scopes: readonly string[]) => void)[] = [];
  const selection = resolveSelection(
    settings,
    env,
    undefined,
    () => new Promise((resolve) => reads.push(resolve)),
  );
  expect(reads).toHaveLength(2);
  for (const resolve of reads) resolve(['uaa.admin']);
  expect(await selection).toMatchObject({ context: undefined, uaaContext: { name: 'admin' } });
});
