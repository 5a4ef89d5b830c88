import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Clock } from '../../src/base/clock.js';
import { TpksError } from '../../src/base/errors.js';
import { seal } from '../../src/domain/auth/session-content.js';
import type { StoredSession } from '../../src/domain/auth/session-repository.js';
import { currentProcess } from '../../src/platform/disk/owner-process.js';
import { toFileName } from '../../src/platform/disk/private-files.js';
import { withSecrets, type Plain } from '../support/checks/plain-tokens.js';
import { codySettings } from '../support/fixtures/contexts-and-clusters.js';
import { malformations, type Malformation } from '../support/fixtures/malformed-files.js';
import { openSessionFiles } from '../support/fixtures/session-files.js';
import { sessionOf } from '../support/fixtures/session-sample.js';
import { createUser } from '../support/program/cli.js';
import { runHeadless } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import { createCertificates, type Certificates } from '../support/servers/certificates.js';
import { crash } from './crash.js';
import { createRandom } from './seed.js';

jest.setTimeout(180_000);

/** A file that tpks reads, and a command that reads it. */
interface Target {
  /** Relative to the folder of the user's files, or to the home directory of tpks. */
  readonly path: string;
  readonly owner: 'user' | 'tpks';
  readonly good: () => Buffer | string;
  readonly words: (path: string) => readonly string[];
  readonly env?: (path: string) => Readonly<Record<string, string>>;
  /** Exit codes for a rejected file; by default 2 for a user's file and 7 for one of tpks. */
  readonly rejectedCodes?: readonly number[];
  /**
   * Exit codes for a file that is accepted or ignored. There is no network, so a command that sends
   * a request exits with 5.
   */
  readonly acceptedCodes: readonly number[];
  /** Text that identifies the file in an error (default: the file name). */
  readonly nameInErrors?: string;
  /** A successful command replaces or removes the file. */
  readonly isReplaced?: boolean;
  readonly afterPlacing?: (path: string) => Promise<void> | void;
  readonly isReadByNode?: boolean;
  /** Uses real connections, which fail. */
  readonly connects?: boolean;
}

const context = 'cody@api.example.com';
const user = createUser();
const files = join(dirname(user.home), 'files');
let key = '';
let session: Buffer = Buffer.alloc(0);
let certificates: Certificates;

const settings = `${JSON.stringify({
  version: 1,
  current: context,
  currentUaa: context,
  uaaTarget: codySettings.uaa,
  contexts: { [context]: codySettings },
  targets: [{ uaa: codySettings.uaa, skipTlsVerification: false, context }],
})}\n`;

beforeAll(async () => {
  certificates = await createCertificates();
  const sessions = openSessionFiles(user.home);
  await sessions.save({ name: context, store: 'file' }, withSecrets(fresh()));
  session = readFileSync(join(user.home, 'sessions', `${toFileName(context)}.session`));
  key = readFileSync(join(user.home, 'keys', `${toFileName(context)}.key`), 'utf8');
});

beforeEach(() => {
  rmSync(user.home, { recursive: true, force: true });
  rmSync(files, { recursive: true, force: true });
  for (const folder of ['sessions', 'keys', 'cache']) {
    mkdirSync(join(user.home, folder), { recursive: true, mode: 0o700 });
  }
  mkdirSync(files);
  writeFileSync(join(user.home, 'config.json'), settings);
  writeFileSync(join(user.home, 'sessions', `${toFileName(context)}.session`), session);
  writeFileSync(join(user.home, 'keys', `${toFileName(context)}.key`), key, { mode: 0o600 });
});

function fresh(): Plain<StoredSession> {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return { ...sessionOf('token'), expiresAt, lifetimeSeconds: 3600, clockOffsetSeconds: 0 };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
const inputFile = { owner: 'user', acceptedCodes: [5] } as const;
const secretFile = { ...inputFile, path: 'secret', good: () => 'a secret\n' };
const ownFile = { owner: 'tpks', acceptedCodes: [0] } as const;
const kubeconfigFile = {
  owner: 'user',
  path: 'kube.yml',
  // 7: e.g. a folder, or a file that is too large.
  rejectedCodes: [2, 7],
  good: () =>
    [
      'apiVersion: v1',
      'kind: Config',
      'current-context: dev-1',
      'clusters:',
      '- {name: dev-1, cluster: {server: "https://dev-1.example.com:8443"}}',
      'contexts:',
      '- name: dev-1',
      '  context:',
      '    cluster: dev-1',
      '    user: cody # me',
      '    extensions:',
      '    - name: tpks',
      '      extension: {api: "https://api.example.com:9021", cluster: dev-1, identity: cody}',
      'users:',
      '- {name: cody, user: {token: t}}',
      '',
    ].join('\n'),
} as const;
const caFile = { owner: 'user', path: 'ca.pem', good: () => certificates.ca.cert } as const;
const notSigned = [
  Buffer.from('{"alg":"RS256"}').toString('base64url'),
  Buffer.from('{"sub":"cody"}').toString('base64url'),
  'AAAA',
].join('.');

const targets: Readonly<Record<string, Target>> = {
  'config.json': {
    ...ownFile,
    path: 'config.json',
    good: () => settings,
    // A damaged file may describe another context, or none.
    acceptedCodes: [0, 1, 2, 4, 5],
    words: () => ['token'],
  },
  'config.json for a command that changes it': {
    ...ownFile,
    path: 'config.json',
    good: () => settings,
    acceptedCodes: [0, 1, 2, 4],
    isReplaced: true,
    words: () => ['context', 'use', context],
  },
  'a session file': {
    ...ownFile,
    path: `sessions/${toFileName(context)}.session`,
    good: () => session,
    rejectedCodes: [4, 7],
    acceptedCodes: [0],
    words: () => ['token'],
  },
  'the encrypted content of a session file': {
    ...ownFile,
    path: `sessions/${toFileName(context)}.session`,
    good: () => json(fresh()),
    rejectedCodes: [4, 7],
    // The damaged expiry time may be in the past.
    acceptedCodes: [0, 5],
    afterPlacing: async (path) => {
      if (!lstatSync(path).isFile() || lstatSync(path).size > 10_000_000) return;
      try {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        writeFileSync(path, seal(JSON.stringify(value), key.trim(), [context]));
      } catch {
        // Text that is not JSON stays unencrypted.
      }
    },
    words: () => ['status', '--offline'],
  },
  'a key file': {
    ...ownFile,
    path: `keys/${toFileName(context)}.key`,
    good: () => key,
    rejectedCodes: [4, 7],
    // A damaged key cannot be distinguished from a damaged session.
    nameInErrors: toFileName(context),
    words: () => ['token'],
  },
  'a lock': {
    ...ownFile,
    path: 'config.lock',
    good: () => json({ ...currentProcess(), startTime: '1', id: 'x' }),
    // 5: the lock seems to belong to another process.
    rejectedCodes: [5, 7],
    isReplaced: true,
    afterPlacing: (path) => {
      const old = new Date(Date.now() - 3_600_000);
      if (existsSync(path)) utimesSync(path, old, old);
    },
    words: () => ['context', 'use', context],
  },
  'a name cache': {
    ...ownFile,
    path: `cache/clusters-${Buffer.from(context).toString('hex')}`,
    good: () => '["dev-1","dev-2"]',
    words: () => ['__complete', 'tpks', 'cluster', ''],
  },
  'a kubeconfig': {
    ...kubeconfigFile,
    acceptedCodes: [0],
    words: (path) => ['kubeconfig', 'list', '--kubeconfig', path],
  },
  'a kubeconfig for a command that changes it': {
    ...kubeconfigFile,
    // 1: a damaged file may not contain the context.
    acceptedCodes: [0, 1],
    isReplaced: true,
    words: (path) => ['kubeconfig', 'remove', 'dev-1', '--kubeconfig', path],
  },
  'a kubeconfig for a command that adds to it': {
    ...kubeconfigFile,
    acceptedCodes: [5],
    words: (path) => ['get-credentials', 'dev-1', '--kubeconfig', path],
  },
  '--ca-cert': {
    ...caFile,
    acceptedCodes: [5],
    words: (path) => ['uaa', 'target', 'https://uaa.example.com', '--ca-cert', path],
  },
  TPKS_CA_CERT: {
    ...caFile,
    acceptedCodes: [5],
    words: () => ['clusters'],
    env: (path) => ({ ...environment, TPKS_CA_CERT: path, TPKS_PASSWORD: 'secret' }),
  },
  SSL_CERT_FILE: {
    ...caFile,
    acceptedCodes: [5],
    connects: true,
    words: () => ['clusters'],
    env: (path) => ({ ...unreachable, SSL_CERT_FILE: path }),
  },
  NODE_EXTRA_CA_CERTS: {
    ...caFile,
    acceptedCodes: [5],
    connects: true,
    // Node reads this file, too, before the program starts, and waits for a named pipe.
    isReadByNode: true,
    words: () => ['clusters'],
    env: (path) => ({ ...unreachable, NODE_EXTRA_CA_CERTS: path }),
  },
  TPKS_PASSWORD_FILE: {
    ...secretFile,
    acceptedCodes: [2, 5],
    words: () => ['clusters'],
    env: (path) => ({ ...environment, TPKS_PASSWORD_FILE: path }),
  },
  TPKS_CLIENT_SECRET_FILE: {
    ...secretFile,
    words: () => ['clusters'],
    env: (path) => ({
      TPKS_API: 'api.example.com',
      TPKS_CLIENT_NAME: 'ci',
      TPKS_CLIENT_SECRET_FILE: path,
    }),
  },
  'login --client-secret-file': {
    ...secretFile,
    words: (path) => [
      ...['login', '-a', 'api.example.com', '--store', 'file'],
      ...['--client-name', 'ci', '--client-secret-file', path],
    ],
  },
  'uaa user add --password-file': {
    ...secretFile,
    acceptedCodes: [2, 5],
    words: (path) => ['uaa', 'user', 'add', 'erin', '--emails', 'e@x.org', '--password-file', path],
  },
  'curl --data @FILE': {
    ...inputFile,
    path: 'body.json',
    good: () => '{"name":"x"}',
    words: (path) => ['curl', '/v1/clusters', '--data', `@${path}`],
  },
  'uaa token decode --key': {
    ...inputFile,
    path: 'key.pem',
    good: () =>
      createPublicKey(certificates.ca.cert).export({ type: 'spki', format: 'pem' }).toString(),
    // 1: the key, or the text that is used as one, did not sign the token.
    acceptedCodes: [1],
    words: (path) => ['uaa', 'token', 'decode', notSigned, '--key', path],
  },
  'create-network-profile': {
    ...inputFile,
    path: 'network.json',
    good: () => json({ name: 'np', parameters: { lb_size: 'small', nodes_dns: ['8.8.8.8'] } }),
    words: (path) => ['create-network-profile', path],
  },
  'create-kubernetes-profile': {
    ...inputFile,
    path: 'kubernetes.json',
    good: () =>
      json({
        name: 'kp',
        customizations: [{ component: 'kubelet', arguments: { 'max-pods': '50' } }],
      }),
    words: (path) => ['create-kubernetes-profile', path],
  },
  'a file argument of a Kubernetes profile': {
    ...inputFile,
    path: 'policy.yaml',
    good: () => 'kind: Policy\n',
    words: (path) => {
      const profile = join(files, 'profile.json');
      const fileArguments = { 'audit-policy-file': path };
      const customizations = [{ component: 'kube-apiserver', 'file-arguments': fileArguments }];
      writeFileSync(profile, json({ name: 'kp', customizations }));
      return ['create-kubernetes-profile', profile];
    },
  },
  'create-compute-profile': {
    ...inputFile,
    path: 'compute.json',
    good: () =>
      json({
        name: 'cp',
        description: 'large',
        parameters: {
          cluster_customization: {
            control_plane: { cpu: 4, memory_in_mb: 8192, ephemeral_disk_in_mb: 8192 },
          },
        },
      }),
    words: (path) => ['create-compute-profile', path],
  },
  'create-cluster --config-file': {
    ...inputFile,
    path: 'cluster.json',
    good: () => json({ net_permissions: [{ name: 'a', ips: '*', rootsquash: true }] }),
    words: (path) => [...createCluster, '--config-file', path],
  },
  'create-cluster --private-registries': {
    ...inputFile,
    path: 'registries.json',
    good: () => json({ servers: [{ url: 'https://registry.example.com', hosts: [] }] }),
    words: (path) => [...createCluster, '--private-registries', path],
  },
  'uaa plan': {
    ...inputFile,
    path: 'access.json',
    acceptedCodes: [0, 5],
    good: () =>
      json({
        groups: { 'team.blue': { members: [{ user: 'cody' }], description: 'Blue' } },
        users: { erin: { emails: ['erin@example.com'], password_from: 'env:ERIN' } },
        clients: { ci: { authorized_grant_types: ['client_credentials'] } },
      }),
    words: (path) => ['uaa', 'plan', '-f', path],
  },
};

const environment = {
  TPKS_API: 'api.example.com',
  TPKS_USERNAME: 'cody',
};
const unreachable = {
  TPKS_API: 'https://127.0.0.1:1',
  TPKS_UAA_URL: 'https://127.0.0.1:1',
  TPKS_USERNAME: 'cody',
  TPKS_PASSWORD: 'secret',
};
const createCluster = [
  ...['create-cluster', 'dev-1', '--external-hostname', 'dev-1.example.com', '--plan', 'small'],
  '--non-interactive',
];

/** In a normal run, each target is tested with one in five variants, and each variant with several targets. */
const step = isNightly ? 1 : 5;
const numbered = Object.entries(targets).map(
  ([name, target], index) => [name, target, index] as const,
);

describe.each(numbered)('%s', (name, target, targetIndex) => {
  test('is accepted if it is valid', async () => {
    const path = pathOf(target);
    writeFileSync(path, target.good());
    await target.afterPlacing?.(path);
    const { code } = await runTarget(target, path);
    expect(target.acceptedCodes).toContain(code);
  });

  test('in each malformed variant, is either accepted or named in the error', async () => {
    const all = malformations(Buffer.from(target.good()), createRandom(name));
    const variants = all.filter((_, index) => (index + targetIndex) % step === 0);
    expect(variants.length).toBeGreaterThanOrEqual(30 / step);
    const wrong: string[] = [];
    for (const variant of variants) {
      wrong.push(
        ...(await problems(target, variant)).map((problem) => `${variant.name}: ${problem}`),
      );
    }
    expect(wrong).toEqual([]);
  });
});

test('config.json is used in exactly the modes in which no other user can write to it', async () => {
  const path = join(user.home, 'config.json');
  const random = createRandom('the mode of config.json');
  const { uid, gid } = lstatSync(path);
  for (let run = 0; run < (isNightly ? 20 : 5); run += 1) {
    const mode = 0o600 | Math.floor(random() * 0o100);
    chmodSync(path, mode);
    const { code, stderr } = await runHeadless(['token'], { env: user.env });
    const isRejected = (mode & (uid === gid ? 0o002 : 0o022)) !== 0;
    expect({ mode: mode.toString(8), code }).toEqual({
      mode: mode.toString(8),
      code: isRejected ? 7 : 0,
    });
    if (isRejected) expect(stderr).toContain(`chmod go-w '${path}'`);
  }
});

test('sandbox --dir uses exactly the folders that no other user can write to', async () => {
  const random = createRandom('the mode of a sandbox folder');
  const { uid, gid } = lstatSync(files);
  for (let run = 0; run < (isNightly ? 10 : 3); run += 1) {
    const mode = 0o700 | Math.floor(random() * 0o100);
    const dir = join(files, `sandbox-${String(run)}`);
    mkdirSync(dir);
    chmodSync(dir, mode);
    // An invalid URL, so that a sandbox with an accepted folder does not start either.
    const words = ['sandbox', '--api-port', '0', '--dir', dir, '--uaa', 'no-url'];
    const { code } = await runHeadless(words, { env: user.env });
    const isRejected = (mode & (uid === gid ? 0o002 : 0o022)) !== 0;
    const label = mode.toString(8);
    expect({ label, code }).toEqual({ label, code: isRejected ? 7 : 1 });
    expect(existsSync(join(dir, 'ca-key.pem'))).toBe(!isRejected);
  }
});

test('sandbox --uaa starts only if the UAA accepts its client', async () => {
  const random = createRandom('the response to the sandbox');
  for (const code of [1, 4, 5]) {
    const statuses = { 1: [404, 200, 302], 4: [401, 403], 5: [500, 502, 503, 599] }[code] ?? [];
    const status = statuses[Math.floor(random() * statuses.length)] ?? 0;
    const uaa = createServer((_, response) => response.writeHead(status).end('{'));
    await once(uaa.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${String((uaa.address() as AddressInfo).port)}`;
    const result = await runHeadless(['sandbox', '--api-port', '0', '--uaa', url], {
      env: user.env,
    });
    expect({ status, code: result.code }).toEqual({ status, code });
    expect(result.stderr).toMatch(/\nHint: .+\n$/);
    uaa.close();
  }
});

/** @returns one line if the command reacted wrongly to the file, else nothing. */
async function problems(target: Target, variant: Malformation): Promise<readonly string[]> {
  const path = pathOf(target);
  writeFileSync(join(user.home, 'config.json'), settings);
  variant.place(path);
  await target.afterPlacing?.(path);
  // A dangling link counts as a missing file.
  const isThere = existsSync(path);
  const before = stateOf(path);
  const { code, stderr } = await runTarget(
    target,
    path,
    variant.mayHang === true && target.isReadByNode !== true,
  );
  const after = stateOf(path);
  rmSync(path, { recursive: true, force: true });
  const {
    acceptedCodes,
    rejectedCodes = [target.owner === 'user' ? 2 : 7],
    nameInErrors = basename(path),
  } = target;
  const isAccepted = acceptedCodes.includes(code);
  const problems: string[] = [];
  if (!isAccepted && !rejectedCodes.includes(code)) problems.push(`exit code ${String(code)}`);
  if (crash.test(stderr)) problems.push('a crash');
  if (!isAccepted && isThere && !stderr.includes(nameInErrors))
    problems.push('its name is missing');
  if (after !== before && !(code === 0 && target.isReplaced)) problems.push('it was changed');
  return problems.length === 0 ? [] : [`${problems.join(', ')}: ${stderr.slice(0, 300)}`];
}

async function runTarget(target: Target, path: string, inOwnProcess = false) {
  const words = target.words(path);
  const env = target.env?.(path) ?? {};
  if (inOwnProcess) return user.tpks(words, { env });
  return runHeadless(words, {
    env: { ...user.env, ...env },
    clock: fastClock(),
    ...(target.connects === true ? {} : { send: noNetwork }),
  });
}

const noNetwork = () => Promise.reject(new TpksError('unavailable', 'There is no network here'));

/** A clock whose `sleep` returns immediately, so that no test waits for a lock. */
function fastClock(): Clock {
  let skipped = 0;
  return {
    now: () => new Date(Date.now() + skipped),
    monotonic: () => performance.now() + skipped,
    sleep: async (milliseconds) => {
      skipped += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function pathOf({ owner, path }: Target): string {
  return join(owner === 'user' ? files : user.home, path);
}

/** The bytes of a regular file of ordinary size; for anything else, the kind of file. */
function stateOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'missing';
  if (stats.isSymbolicLink()) return `a link to ${readlinkSync(path)}`;
  if (!stats.isFile() || stats.size > 10_000_000)
    return `${String(stats.mode)} ${String(stats.size)}`;
  return readFileSync(path, 'base64');
}
