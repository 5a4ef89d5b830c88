import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { User } from '../support/fixtures/users.js';
import {
  preloadVariables,
  type SpawnOptions,
  type SpawnResult,
} from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import {
  createKubectlUser,
  limitSeconds,
  withLifetimes,
  type Cluster,
  type KubectlUser,
} from './cluster.js';

/** A cluster of `cody` in the sandbox. */
const clusterName = 'dev-1';
/** Name of the context that the users of these tests log in to. */
const contextName = 'work';

/** Options of commands that connect to an installation. */
export function targetOptions({ api, uaa, caCert }: Cluster): readonly string[] {
  return ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
}

/** Runs tpks through the link on the user's PATH. */
export function runTpks(
  { tpks, env }: KubectlUser,
  words: readonly string[],
  options: Pick<SpawnOptions, 'env' | 'stdin'> & {
    /** Name of the link; default: `tpks`. */
    readonly program?: string;
  } = {},
): Promise<SpawnResult> {
  const { program = 'tpks', ...more } = options;
  return tpks.spawn(words, {
    ...{ ...more, limitSeconds },
    env: { ...env, ...more.env },
    link: tpks.link(program),
  });
}

/** Creates a user with a stored session for the API. @throws Error if the login fails. */
export async function logIn(
  cluster: Cluster,
  name: User,
  { user = createKubectlUser(), context = contextName } = {},
): Promise<KubectlUser> {
  const words = ['login', ...targetOptions(cluster), '-u', name, '--password-stdin'];
  const result = await user.tpks.tpks([...words, '--store', 'file', '--name', context], {
    stdin: `${name}-password\n`,
  });
  if (result.code !== 0) throw new Error(`${name} cannot log in: ${result.stderr}`);
  return user;
}

/** Runs `tpks get-credentials dev-1` with the password in the environment. */
export function getCredentials(
  user: KubectlUser,
  name: User,
  words: readonly string[] = [],
  program = 'tpks',
): Promise<SpawnResult> {
  const env = { PKS_USER_PASSWORD: `${name}-password` };
  return runTpks(user, ['get-credentials', clusterName, ...words], { env, program });
}

/** Creates a user with a kubeconfig for `dev-1`. @throws Error if a command fails. */
export async function createClusterUser(
  cluster: Cluster,
  name: User,
  words: readonly string[] = [],
  program?: string,
): Promise<KubectlUser> {
  const user = await logIn(cluster, name);
  const result = await getCredentials(user, name, words, program);
  if (result.code !== 0) throw new Error(`${name} gets no credentials: ${result.stderr}`);
  return user;
}

/**
 * Creates a user whose token for clusters has expired. Nightly, this waits for the tokens to expire.
 * Otherwise, it changes the stored tokens.
 * @param options.hasSessionExpired - whether the UAA rejects the refresh token, too.
 */
export async function createUserWithExpiredToken(
  cluster: Cluster,
  name: User,
  { hasSessionExpired = false }: { readonly hasSessionExpired?: boolean } = {},
): Promise<KubectlUser> {
  if (isNightly) {
    const lifetimes = { token: 2, ...(hasSessionExpired && { refreshToken: 3 }) };
    const user = await withLifetimes(cluster, lifetimes, () => createClusterUser(cluster, name));
    await sleep(4000);
    return user;
  }
  const user = await createClusterUser(cluster, name);
  const stored = `kubernetes:${contextName}`;
  const { refreshToken = '' } = await user.tpks.readSession(stored);
  await user.tpks.changeSession(stored, {
    expiresAt: '2020-01-01T00:00:00.000Z',
    // With a wrong signature, the UAA responds as if the refresh token had expired.
    ...(hasSessionExpired && { refreshToken: `${refreshToken.slice(0, -8)}AAAAAAAA` }),
  });
  return user;
}

const networkHook = fileURLToPath(new URL('plugin-network.cjs', import.meta.url));

/** Records the connections of the plugin. kubectl passes its environment on to the plugin. */
export interface PluginNetwork {
  readonly env: Readonly<Record<string, string>>;
  /** Returns the `host:port` of each connection since the previous call. */
  readonly takeConnections: () => readonly string[];
}

/**
 * @param options.isOffline - whether all connections of the plugin, but not those of kubectl, are refused.
 * @param options.clockAheadSeconds - how far the clock of the plugin is ahead.
 */
export function createPluginNetwork(
  { tpks }: KubectlUser,
  {
    isOffline = false,
    clockAheadSeconds = 0,
  }: { readonly isOffline?: boolean; readonly clockAheadSeconds?: number } = {},
): PluginNetwork {
  const log = join(tpks.env['HOME'] ?? '', 'connections');
  writeFileSync(log, '');
  return {
    env: {
      ...preloadVariables(networkHook),
      TPKS_TEST_CONNECTIONS: log,
      TPKS_TEST_CLOCK_AHEAD: String(clockAheadSeconds),
      ...(isOffline && { TPKS_TEST_OFFLINE: '1' }),
    },
    takeConnections: () => {
      const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
      writeFileSync(log, '');
      return lines;
    },
  };
}
