import process from 'node:process';
import { createClusterCredential } from '../domain/kube/cluster-credentials.js';
import type { ClusterTokenOptions } from '../domain/kube/id-token.js';
import type { Kubeconfig } from '../domain/kube/kubeconfig/kubeconfig.js';
import {
  clusterClient,
  createKubernetesSessions,
  type KubernetesSessions,
} from '../domain/kube/sessions.js';
import type { Trust } from '../platform/http/send.js';
import { readCaCert } from '../platform/input/ca-cert.js';
import { createClusterAccessServices, type ClusterAccessServices } from './cluster-access.js';
import type { Connected } from './connected.js';
import type { LoginServices } from './login.js';
import { once } from './once.js';
import type { Runtime } from './runtime.js';

/** The kubeconfig, the Kubernetes sessions and the credential plugin. */
export interface KubeServices extends ClusterAccessServices {
  /** @param path - the value of `--kubeconfig`; default: `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig: (path?: string) => Promise<Kubeconfig>;
  readonly kubernetesSessions: () => KubernetesSessions;
  /** The response of the credential plugin. @see createClusterCredential */
  readonly createClusterCredential: (
    name: string,
    options?: ClusterTokenOptions,
  ) => Promise<string>;
}

interface KubeServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'program' | 'clock' | 'terminal'>,
    Pick<Connected, 'stores' | 'grants' | 'pksResource' | 'send'>,
    Pick<LoginServices, 'requestToken'> {}

export function createKubeServices(deps: KubeServicesDeps): KubeServices {
  const { env, platform, clock, terminal, stores } = deps;

  /** A CA in the environment replaces the stored one, as in every command. */
  const withTrust = <T extends Trust>(target: T): T => {
    const { TPKS_CA_CERT: caCertSetting } = env;
    if (caCertSetting === undefined) return target;
    return { ...target, caCert: readCaCert(caCertSetting), skipTlsVerification: false };
  };

  const kubeconfig: KubeServices['kubeconfig'] = async (path) => {
    // The credential plugin does not need it, and the yaml package takes 10 ms to load.
    const [{ createKubeconfig }, { locateKubeconfig }] = await Promise.all([
      import('../domain/kube/kubeconfig/kubeconfig.js'),
      import('../domain/kube/kubeconfig/storage.js'),
    ]);
    const files = locateKubeconfig(env, platform, path);
    return createKubeconfig({ files, clock, isPksLink: deps.program === 'pks' });
  };

  const kubernetesSessions = once(() => {
    const { settings, sessionStore, withLock } = stores;
    return createKubernetesSessions({
      ...{ settings, sessionStore, withLock, clock },
      // Otherwise, kubectl would repeat the warning about unverified certificates.
      grants: (target) => deps.grants({ ...withTrust(target), ...clusterClient(), isQuiet: true }),
      warn: terminal.warn,
    });
  });

  return {
    ...createClusterAccessServices({ ...deps, kubernetesSessions }),
    kubeconfig,
    kubernetesSessions,
    createClusterCredential: (name, options = {}) =>
      createClusterCredential(name, options, {
        info: env.KUBERNETES_EXEC_INFO,
        ...{ sessions: kubernetesSessions(), terminal },
        interruptClient: () => {
          interruptJob(platform);
        },
        logIn: async ({ uaa, caCert, skipTlsVerification, trustCommand, identity }, password) => {
          const target = withTrust({ uaa, caCert, skipTlsVerification, trustCommand });
          const grant = { kind: 'password', username: identity, password } as const;
          return deps.requestToken({ ...target, ...clusterClient() }, grant, undefined);
        },
      }),
  };
}

/**
 * Interrupts this process and the others of its job, as Ctrl-C does outside a prompt. In a prompt, Ctrl-C
 * reaches only this process. Does nothing on Windows, which has no process groups.
 */
function interruptJob(platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  // This process exits without a message, which would appear after the next prompt of the shell.
  process.removeAllListeners('SIGINT');
  process.kill(0, 'SIGINT');
}
