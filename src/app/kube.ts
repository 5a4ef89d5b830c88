import { resolve } from 'node:path';
import process, { argv, execPath } from 'node:process';
import { createBinds, type Binds } from '../api/pks/binds.js';
import { createClusters } from '../api/pks/clusters.js';
import { explainPksFailure } from '../api/pks/pks-api.js';
import { isTpksError, rewordError } from '../base/errors.js';
import { lazy } from '../base/lazy.js';
import { Secret } from '../base/secret.js';
import { explainLoginError } from '../domain/auth/login-errors.js';
import { selectStore } from '../domain/auth/login-store.js';
import type { Grant } from '../domain/auth/request-token.js';
import type { PersistentStore } from '../domain/auth/session-repository.js';
import type { Context } from '../domain/contexts/context.js';
import { apiOf, type Installation } from '../domain/contexts/installation.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import { createClusterAccess } from '../domain/kube/cluster-access.js';
import { createClusterCredential } from '../domain/kube/cluster-credentials.js';
import { clusterClient } from '../domain/kube/cluster-token.js';
import type { Kubeconfig } from '../domain/kube/kubeconfig/kubeconfig.js';
import { createKubernetesSessions, type ClusterTokenOptions } from '../domain/kube/sessions.js';
import { findPluginCommand } from '../domain/kube/user-entry.js';
import type { Send, Trust } from '../platform/http/send.js';
import { readCaCert } from '../platform/input/ca-cert.js';
import type { RequestServices } from './request-services.js';
import type { LoginServices } from './login.js';
import type { Runtime } from './runtime.js';

interface KubeServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'link' | 'clock' | 'terminal' | 'options'>,
    Pick<RequestServices, 'stores' | 'grants' | 'pksResource' | 'pksSend' | 'connect'>,
    Pick<LoginServices, 'requestToken'> {}

/** Only the format `exec` needs a store. */
const storeHint =
  'store the key in a file: set TPKS_STORE=file; or write the tokens to the kubeconfig: add --kubeconfig-format oidc';

/**
 * Short timeouts for reading many clusters, so that unresponsive ones do not delay the result.
 * The PKS API takes longer, because it forwards requests for credentials to a broker.
 */
const clusterSeconds = 10;
const bindSeconds = 30;

export type KubeServices = ReturnType<typeof createKubeServices>;

/** The kubeconfig, the Kubernetes sessions, credentials for clusters, and the credential plugin. */
export function createKubeServices(deps: KubeServicesDeps) {
  const { env, platform, link, clock, terminal, stores, connect } = deps;

  const withTrust = <T extends Trust>(target: T): T => {
    const { TPKS_CA_CERT: caCertSetting } = env;
    if (caCertSetting === undefined) return target;
    return { ...target, caCert: readCaCert(caCertSetting), skipTlsVerification: false };
  };

  const kubernetesSessions = createKubernetesSessions({
    settings: stores.settings,
    sessions: stores.sessions,
    clock,
    // Otherwise, kubectl would repeat the warning about unverified certificates.
    grants: (target) => deps.grants({ ...withTrust(target), ...clusterClient(), isQuiet: true }),
    warn: terminal.warn,
    hasOriginalTexts: link.hasOriginalTexts,
  });

  const createBindsClient = (send: Send, api: string) =>
    createBinds(send, api, { clock, note: terminal.note });

  /** Shortens the timeout of requests, unless `--timeout` is set. */
  const limit = (send: Send, seconds: number): Send => {
    const { timeoutSeconds = seconds } = deps.options();
    return (request) => send({ ...request, timeoutSeconds });
  };

  return {
    kubernetesSessions,
    /** @param path - the value of `--kubeconfig`; default: `KUBECONFIG`, then `~/.kube/config`. */
    kubeconfig: (path?: string): Kubeconfig =>
      lazy(async () => {
        // The credential plugin does not need it, and the yaml package takes 10 ms to load.
        const [{ createKubeconfig }, { locateKubeconfig }] = await Promise.all([
          import('../domain/kube/kubeconfig/kubeconfig.js'),
          import('../domain/kube/kubeconfig/storage.js'),
        ]);
        const files = locateKubeconfig(env, platform, path);
        const { kubeconfigFormat: defaultFormat, imitatesPks: allowsOtherReaders } = link;
        return createKubeconfig({ files, clock, defaultFormat, allowsOtherReaders });
      }),
    /** The response of the credential plugin. @see createClusterCredential */
    createClusterCredential: (name: string, options: ClusterTokenOptions = {}) =>
      createClusterCredential(name, options, {
        info: env.KUBERNETES_EXEC_INFO,
        sessions: kubernetesSessions,
        terminal,
        interruptClient: () => {
          interruptJob(platform);
        },
        logIn: ({ uaa, caCert, skipTlsVerification, trustCommand, identity }, password) => {
          const target = withTrust({ uaa, caCert, skipTlsVerification, trustCommand });
          const grant = { kind: 'password', username: identity, password } as const;
          return deps.requestToken({ ...target, ...clusterClient() }, grant, undefined);
        },
      }),
    clusterAccess: createClusterAccess({
      sessions: kubernetesSessions,
      pluginCommand: () => findPluginCommand({ env, platform, path: argv[1] ?? execPath }),
      home: env.TPKS_HOME === undefined ? undefined : resolve(env.TPKS_HOME),
      defaultFormat: link.kubeconfigFormat,
      usesOriginalNames: link.imitatesPks,
      warn: terminal.warn,
    }),
    binds: deps.pksResource(createBindsClient),
    /** Credentials for the clusters of a context. */
    bindsIn: (context: Context): Binds => {
      const send = deps.pksSend(context, explainPksFailure(formatLoginCommand(context)));
      return createBindsClient(send, apiOf(context));
    },
    /** Credentials for clusters, with a token that is not stored. */
    bindsWithToken: (
      target: Installation & Trust,
      accessToken: Secret,
      loginCommand: string,
    ): Binds => {
      const explain = explainPksFailure(loginCommand);
      return createBindsClient(connect(target, { auth: accessToken, explain }), target.api);
    },
    /** The role bindings of all clusters of the context's installation. @see readRoleBindings */
    roleBindings: async (context: Context) => {
      const { readRoleBindings } = await import('../domain/access-review/role-bindings.js');
      const explain = explainPksFailure(formatLoginCommand(context));
      const send = deps.pksSend(context, explain);
      const api = apiOf(context);
      return readRoleBindings(context, {
        clusters: createClusters(send, api),
        binds: createBindsClient(limit(send, bindSeconds), api),
        sessions: kubernetesSessions,
        connect: (target, options) => limit(connect(target, options), clusterSeconds),
      });
    },
    /**
     * Requests a token that is not stored; for a cluster, with an ID token.
     * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials.
     */
    requestUserToken: async (
      recipient: 'api' | 'cluster',
      target: Installation & Trust,
      grant: Grant,
      ssoCommand: string,
    ) => {
      const { api, ...server } = target;
      const identity =
        recipient === 'api'
          ? { clientId: 'pks_cli', clientSecret: new Secret('') }
          : clusterClient();
      const client = { ...server, ...identity };
      try {
        return await deps.requestToken(client, grant, undefined);
      } catch (error) {
        throw explainLoginError(error, { client, api, grant, scope: undefined, ssoCommand });
      }
    },
    /** Selects and tests the store of a session without a context. @throws {TpksError} `keychain`, `usage` */
    selectKubernetesStore: async (name: string, flag?: string): Promise<PersistentStore> => {
      const storedIn = (await kubernetesSessions.find(name))?.store;
      try {
        const { defaultStore } = await stores.settings.read();
        const store = selectStore(flag, env.TPKS_STORE, storedIn, defaultStore);
        await stores.keychains[store].probe();
        return store;
      } catch (error) {
        const isNone = (flag ?? env.TPKS_STORE) === 'none';
        if (!isTpksError(error) || !(isNone || error.kind === 'keychain')) throw error;
        const message = isNone
          ? 'A kubeconfig with the format exec needs a store for its tokens'
          : error.message;
        throw rewordError(error, { message, hint: storeHint });
      }
    },
  };
}

/**
 * Interrupts all processes of this job, as Ctrl-C does outside a prompt. In a prompt, Ctrl-C
 * reaches only this process. Does nothing on Windows, which has no process groups.
 */
function interruptJob(platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  // This process exits without a message, which would appear after the next prompt of the shell.
  process.removeAllListeners('SIGINT');
  process.kill(0, 'SIGINT');
}
