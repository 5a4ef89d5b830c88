import type { Grants } from '../auth/grants.js';
import type { TokenClient } from '../auth/request-token.js';
import { isTpksError } from '../errors.js';
import type { Trust } from '../http/send.js';
import type { ClusterTokenOptions } from '../kube/id-token.js';
import type { Kubeconfig } from '../kube/kubeconfig/kubeconfig.js';
import type { KubernetesSessions } from '../kube/sessions.js';
import type { Runtime } from '../services.js';
import type { LoginServices } from './login.js';
import { interruptJob } from '../terminal/interrupt-job.js';
import { once } from './once.js';
import type { Stores } from './stores.js';

/** The kubeconfig, the Kubernetes sessions and the credential plugin. */
export interface KubeServices {
  /** @param path - the value of `--kubeconfig`; default: `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig: (path?: string) => Promise<Kubeconfig>;
  readonly kubernetesSessions: () => Promise<KubernetesSessions>;
  /** The response of the credential plugin. @see createClusterCredential */
  readonly createClusterCredential: (
    name: string,
    options?: ClusterTokenOptions,
  ) => Promise<string>;
}

interface KubeServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'program' | 'clock' | 'terminal'>,
    Pick<LoginServices, 'requestToken'> {
  readonly stores: Stores;
  /**
   * Requests tokens without the warning about certificates that are not verified: kubectl would show it
   * repeatedly.
   */
  readonly quietGrants: (client: TokenClient) => Promise<Grants>;
}

export function createKubeServices(deps: KubeServicesDeps): KubeServices {
  const { env, platform, clock, terminal, stores } = deps;

  /** A CA in the environment replaces the stored one, as in every command. */
  const withTrust = async <T extends Trust>(target: T): Promise<T> => {
    const { TPKS_CA_CERT: caCertSetting } = env;
    if (caCertSetting === undefined) return target;
    const { readCaCert } = await import('../config/ca-cert.js');
    return { ...target, caCert: readCaCert(caCertSetting), skipTlsVerification: false };
  };

  const kubeconfig: KubeServices['kubeconfig'] = async (path) => {
    const [{ createKubeconfig }, { locateKubeconfig }] = await Promise.all([
      import('../kube/kubeconfig/kubeconfig.js'),
      import('../kube/kubeconfig/storage.js'),
    ]);
    const files = locateKubeconfig(env, platform, path);
    return createKubeconfig({ files, clock, isPksLink: deps.program === 'pks' });
  };

  /** @returns `undefined` if no context is found, or if the kubeconfig cannot be read. */
  const findKubeconfigContext = async (sessionName: string) => {
    try {
      const contexts = (await (await kubeconfig()).listOwn()).filter(
        (each) => each.sessionName === sessionName,
      );
      return contexts.find(({ isCurrent }) => isCurrent) ?? contexts[0];
    } catch (error) {
      if (isTpksError(error)) return undefined;
      throw error;
    }
  };

  const kubernetesSessions = once(async () => {
    const [{ createKubernetesSessions, clusterClient }, settings] = await Promise.all([
      import('../kube/sessions.js'),
      stores.settings(),
    ]);
    const { sessionStore, withLock } = stores;
    return createKubernetesSessions({
      settings,
      ...{ sessionStore, withLock, findKubeconfigContext, clock },
      grants: async (target) =>
        deps.quietGrants({ ...(await withTrust(target)), ...clusterClient() }),
      warn: terminal.warn,
    });
  });

  return {
    kubeconfig,
    kubernetesSessions,
    createClusterCredential: async (name, options = {}) => {
      const [{ createClusterCredential }, { clusterClient }, sessions] = await Promise.all([
        import('../kube/cluster-credentials.js'),
        import('../kube/sessions.js'),
        kubernetesSessions(),
      ]);
      return createClusterCredential(name, options, {
        info: env.KUBERNETES_EXEC_INFO,
        ...{ sessions, terminal },
        interruptClient: () => {
          interruptJob(platform);
        },
        logIn: async ({ uaa, caCert, skipTlsVerification, trustCommand, identity }, password) => {
          const trust = { caCert, skipTlsVerification, trustCommand };
          const target = await withTrust({ uaa, ...trust });
          const grant = { kind: 'password', username: identity, password } as const;
          return deps.requestToken({ ...target, ...clusterClient() }, grant, undefined);
        },
      });
    },
  };
}
