import { resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import { withStatusErrors } from '../api/client/status-error.js';
import { createBinds, type Binds } from '../api/pks/binds.js';
import { explainPksFailure } from '../api/pks/explain-failure.js';
import { isTpksError, rewordError } from '../base/errors.js';
import { Secret } from '../base/secret/secret.js';
import { explainLoginError } from '../domain/auth/login-error.js';
import { selectStore, type PersistentStore } from '../domain/auth/login-store.js';
import type { Grant } from '../domain/auth/request-token.js';
import type { Token } from '../domain/auth/token.js';
import type { Installation } from '../domain/contexts/installation.js';
import { createClusterAccess, type ClusterAccess } from '../domain/kube/cluster-access.js';
import { findPluginCommand } from '../domain/kube/plugin-command.js';
import { clusterClient, type KubernetesSessions } from '../domain/kube/sessions.js';
import { formatNameAtHost } from '../domain/kube/user-entry.js';
import type { Send, Trust } from '../platform/http/send.js';
import type { Connected } from './connected.js';
import type { LoginServices } from './login.js';
import { once } from './once.js';
import type { Runtime } from './runtime.js';

/** Services of `get-credentials` and `get-kubeconfig`. */
export interface ClusterAccessServices {
  readonly clusterAccess: () => ClusterAccess;
  /** Credentials for clusters, with the token of the current context. */
  readonly binds: () => Promise<Binds>;
  /** Credentials for clusters, with a token that is not stored. */
  readonly bindsWithToken: (
    target: Installation & Trust,
    accessToken: Secret,
    loginCommand: string,
  ) => Promise<Binds>;
  /**
   * Requests a token for a user, and does not store it.
   * @param recipient - the server that the token is for. For a cluster, the response contains an ID token.
   * @param ssoCommand - the command for single sign-on, for a hint.
   * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials.
   */
  readonly requestUserToken: (
    recipient: 'api' | 'cluster',
    target: Installation & Trust,
    grant: Grant,
    ssoCommand: string,
  ) => Promise<Token>;
  /** Returns the default name of a Kubernetes session without a context. */
  readonly nameKubernetesSession: (identity: string, api: string) => string;
  /**
   * Selects the store of a Kubernetes session without a context, and tests it.
   * @param flag - the value of `--store`.
   * @throws {TpksError} `keychain`; `usage` for an unknown store.
   */
  readonly selectKubernetesStore: (name: string, flag?: string) => Promise<PersistentStore>;
}

interface ClusterAccessServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'clock' | 'terminal' | 'program'>,
    Pick<LoginServices, 'requestToken'>,
    Pick<Connected, 'pksResource' | 'send' | 'stores'> {
  readonly kubernetesSessions: () => KubernetesSessions;
}

/** Only the format `exec` needs a store. */
const storeHint =
  'store the key in a file: TPKS_STORE=file; or write the tokens to the kubeconfig: --kubeconfig-format oidc';

export function createClusterAccessServices(
  deps: ClusterAccessServicesDeps,
): ClusterAccessServices {
  const { env, platform, clock, terminal, send, kubernetesSessions } = deps;
  const createBindsClient = (sendRequest: Send, api: string) =>
    createBinds(sendRequest, api, { clock, note: terminal.note });
  return {
    clusterAccess: once(() =>
      createClusterAccess({
        sessions: () => Promise.resolve(kubernetesSessions()),
        pluginCommand: () => findPluginCommand({ env, platform, path: argv[1] ?? execPath }),
        home: env.TPKS_HOME === undefined ? undefined : resolve(env.TPKS_HOME),
        isPksLink: deps.program === 'pks',
        warn: terminal.warn,
      }),
    ),
    binds: () => deps.pksResource(createBindsClient),
    bindsWithToken: async (target, accessToken, loginCommand) => {
      const bareSend = await send(target);
      const authorization = `Bearer ${accessToken.reveal()}`;
      const signedSend: Send = (request) =>
        bareSend({ ...request, headers: { ...request.headers, authorization } });
      return createBindsClient(
        withStatusErrors(signedSend, explainPksFailure(loginCommand)),
        target.api,
      );
    },
    requestUserToken: async (recipient, target, grant, ssoCommand) => {
      const { api, uaa, caCert, skipTlsVerification, trustCommand } = target;
      const client = {
        ...{ uaa, caCert, skipTlsVerification, trustCommand },
        ...(recipient === 'api'
          ? { clientId: 'pks_cli', clientSecret: new Secret('') }
          : clusterClient()),
      };
      try {
        return await deps.requestToken(client, grant, undefined);
      } catch (error) {
        throw explainLoginError(error, { client, api, grant, scope: undefined, ssoCommand });
      }
    },
    nameKubernetesSession: formatNameAtHost,
    selectKubernetesStore: async (name, flag) => {
      const storedIn = (await kubernetesSessions().find(name))?.store;
      try {
        const store = selectStore(flag, env.TPKS_STORE, storedIn);
        await (await deps.stores.keychain(store)).probe();
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
