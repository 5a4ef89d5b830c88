import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, jest } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { spawnPty, type Pty } from '../support/program/pty.js';
import { isNightly } from '../support/runner/nightly.js';
import { rawRequest } from '../support/servers/raw-request.js';

/** An installation whose clusters have a real Kubernetes API. `servers.mjs` starts it. */
export interface Cluster {
  /** For the names of tests. */
  readonly name: string;
  readonly api: string;
  readonly uaa: string;
  /** Path of the CAs of `api` and `uaa`. */
  readonly caCert: string;
  /** URL of the Kubernetes API. */
  readonly server: string;
  /** CA of the Kubernetes API, PEM. */
  readonly ca: string;
  /** Token of an administrator of the Kubernetes API. */
  readonly adminToken: string;
}

/** The kubectl releases to test: the one that users of old PKS releases have, and a current one. */
export const kubectlReleases = ['1.20', '1.37'] as const;
export type KubectlRelease = (typeof kubectlReleases)[number];

/** Paths of kubectl. */
export const programs: Readonly<Record<KubectlRelease, string>> = {
  '1.20': process.env['TPKS_KUBECTL_120'] ?? '',
  '1.37': process.env['TPKS_KUBECTL_137'] ?? '',
};

/** Longer than any of the programs takes, even on a busy machine. */
export const limitSeconds = 120;
jest.setTimeout(2 * limitSeconds * 1000);

/** The pseudoterminals of the current test. */
const terminals: Pty[] = [];

/** Returns the two installations that `servers.mjs` has started. */
export function readClusters(): readonly [Cluster, Cluster] {
  const json = process.env['TPKS_TEST_CLUSTERS'];
  if (json === undefined) throw new Error('These tests need servers: npm run test:cluster');
  return JSON.parse(json) as [Cluster, Cluster];
}

/** Defines tests for the installation with the real UAA, and nightly also for the other one. */
export function describeClusters(subject: string, body: (cluster: Cluster) => void): void {
  for (const cluster of readClusters().slice(0, isNightly ? 2 : 1)) {
    describe(`${subject}, with ${cluster.name}`, () => {
      // Otherwise, a test that fails at a prompt would leave a program waiting for input.
      afterEach(() => {
        for (const terminal of terminals.splice(0)) terminal.hangUp();
      });
      body(cluster);
    });
  }
}

export interface KubectlResult {
  /** The exit code, or the signal that ended kubectl. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** Added to the environment of the user. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A user with a separate home directory, a kubeconfig, and tpks on the PATH. */
export interface KubectlUser {
  readonly tpks: TestUser;
  /** Environment of kubectl and of the plugin. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly readKubeconfig: () => string;
  readonly kubectl: (
    release: KubectlRelease,
    words: readonly string[],
    options?: KubectlOptions,
  ) => Promise<KubectlResult>;
  /** Runs kubectl in a new pseudoterminal. Requires the optional part `pty`. */
  readonly atTerminal: (release: KubectlRelease, words: readonly string[]) => Pty;
  /** Returns the user name and the groups that the cluster sees. @throws Error if kubectl fails. */
  readonly requestIdentity: (
    release: KubectlRelease,
    options?: KubectlOptions,
  ) => Promise<Identity>;
}

export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

export function createKubectlUser(): KubectlUser {
  const tpks = createUser();
  const link = tpks.link('tpks');
  const home = tpks.env['HOME'] ?? '';
  const kubeconfig = join(home, 'kubeconfig');
  const env = {
    ...tpks.env,
    PATH: [dirname(link), tpks.env['PATH']].join(':'),
    KUBECONFIG: kubeconfig,
  };
  const kubectl: KubectlUser['kubectl'] = (release, words, options = {}) =>
    runProgram(programs[release], words, { ...options, env: { ...env, ...options.env }, home });
  return {
    tpks,
    env,
    kubeconfig,
    readKubeconfig: () => readFileSync(kubeconfig, 'utf8'),
    kubectl,
    atTerminal: (release, words) => {
      // The Python program that opens the pseudoterminal may need variables of this process.
      const options = { env: { ...process.env, ...env }, cwd: home };
      const terminal = spawnPty(programs[release], words, options);
      terminals.push(terminal);
      return terminal;
    },
    requestIdentity: async (release, options) => {
      const result = await kubectl(release, ...reviewRequest(release, options));
      if (result.code !== 0) throw new Error(`kubectl ${release}: ${result.stderr}`);
      const review = JSON.parse(result.stdout) as { status: { userInfo: Identity } };
      return review.status.userInfo;
    },
  };
}

/** kubectl 1.20 has no `auth whoami`, so the request is sent without that command. */
function reviewRequest(
  release: KubectlRelease,
  options: KubectlOptions | undefined,
): [words: readonly string[], options: KubectlOptions] {
  if (release === '1.37') return [['auth', 'whoami', '-o', 'json'], { ...options }];
  const url = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  return [['create', '--raw', url, '-f', '-'], { ...options, stdin: JSON.stringify(review) }];
}

function runProgram(
  program: string,
  words: readonly string[],
  { env, stdin = '', home }: KubectlOptions & { readonly home: string },
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      env,
      cwd: home,
      stdio: 'pipe',
      timeout: limitSeconds * 1000,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    // kubectl may exit without reading stdin.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.on('error', reject).on('close', (code, signal) => {
      resolve({ code: code ?? signal ?? 'SIGKILL', ...output });
    });
  });
}

/** Runs kubectl 1.37 as the administrator of the cluster. @throws Error if it fails. */
export async function kubectlAsAdmin(
  cluster: Cluster,
  words: readonly string[],
  stdin?: string,
): Promise<string> {
  const admin = createKubectlUser();
  writeKubeconfig(admin, cluster, { token: cluster.adminToken });
  const { code, stdout, stderr } = await admin.kubectl(
    '1.37',
    words,
    stdin === undefined ? {} : { stdin },
  );
  if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** Writes a kubeconfig without tpks. @param user - the value of the user entry. */
export function writeKubeconfig(
  { kubeconfig }: KubectlUser,
  { server, ca }: Pick<Cluster, 'server' | 'ca'>,
  user: object,
): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': toBase64(ca) } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Lifetimes of new tokens in seconds; `undefined` keeps the lifetime of the client. */
export interface Lifetimes {
  readonly token?: number;
  readonly refreshToken?: number;
}

/** Runs a function while new tokens of `pks_cluster_client` have other lifetimes. */
export async function withLifetimes<T>(
  cluster: Cluster,
  { token, refreshToken }: Lifetimes,
  body: () => Promise<T>,
): Promise<T> {
  const path = '/oauth/clients/pks_cluster_client';
  const admin = await requestUaa(cluster, '/oauth/token', {
    form: { grant_type: 'client_credentials' },
    basic: ['admin', 'adminsecret'],
  });
  const bearer = String(admin['access_token']);
  const client = await requestUaa(cluster, path, { bearer });
  const changed = {
    ...client,
    ...(token === undefined ? {} : { access_token_validity: token }),
    ...(refreshToken === undefined ? {} : { refresh_token_validity: refreshToken }),
  };
  await requestUaa(cluster, path, { method: 'PUT', bearer, json: changed });
  try {
    return await body();
  } finally {
    await requestUaa(cluster, path, { method: 'PUT', bearer, json: client });
  }
}

async function requestUaa(
  { uaa, caCert }: Cluster,
  path: string,
  request: Omit<Parameters<typeof rawRequest>[0], 'url' | 'ca'>,
): Promise<Record<string, unknown>> {
  const ca = readFileSync(caCert, 'utf8');
  const response = await rawRequest({ ...request, url: `${uaa}${path}`, ca });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${response.text}`);
  return response.json();
}
