import type { KubernetesSessionSettings } from '../../src/config/settings.js';
import { systemClock } from '../../src/clock.js';
import { clusterClient } from '../../src/kube/sessions.js';
import { Secret } from '../../src/secret.js';
import { createServices } from '../../src/services.js';
import type { TestUser } from './cli.js';
import { recordedTerminal } from './recorded-terminal.js';

/** Where a Kubernetes session is started. */
export interface SessionTarget {
  readonly api: string;
  readonly uaa: string;
  /** PEM of the CA. */
  readonly caPem: string;
}

/**
 * Logs a user of the sandbox in to the clusters and stores the session, as `get-credentials` does.
 * @param name - name of the session.
 * @param changes - settings that differ, e.g. the store.
 * @param env - additional environment variables, e.g. of the keychain.
 */
export async function startKubernetesSession(
  user: TestUser,
  { api, uaa, caPem }: SessionTarget,
  name: string,
  changes: Partial<KubernetesSessionSettings> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const services = createServices({
    env: { ...user.env, ...env },
    platform: process.platform,
    program: 'tpks',
    clock: systemClock,
    terminal: recordedTerminal(),
    options: () => ({ json: false, interactive: false, color: false, trace: false }),
    untilInterrupted: () => new Promise<never>(() => undefined),
  });
  const identity = 'alana';
  const trust = { caCert: caPem, skipTlsVerification: false };
  const token = await services.requestToken(
    { uaa, ...trust, ...clusterClient() },
    { kind: 'password', username: identity, password: new Secret(`${identity}-password`) },
    undefined,
  );
  const session = { api, uaa, ...trust, identity, store: 'file', clusters: ['dev-1'] } as const;
  await (await services.kubernetesSessions()).save({ ...session, ...changes, name }, token);
}

/** The value of `KUBERNETES_EXEC_INFO` that kubectl sets. */
export function execInfo(
  spec: { readonly interactive: boolean } = { interactive: false },
  version = 'v1beta1',
): string {
  const apiVersion = `client.authentication.k8s.io/${version}`;
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
}

/**
 * Options to run the plugin as kubectl does. Each run has a new parent process: two runs of the same
 * process would mean that the cluster rejected the token.
 */
export const likeKubectl = {
  env: { KUBERNETES_EXEC_INFO: execInfo() },
  through: ['sh', '-c', '"$@"; exit $?', '_'],
} as const;
