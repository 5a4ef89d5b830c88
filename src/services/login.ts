import type { Grants } from '../auth/grants.js';
import type { Logins, LoginsDeps } from '../auth/login.js';
import type { LoginStore } from '../auth/login-store.js';
import type { Logouts } from '../auth/logouts.js';
import type { TokenClient } from '../auth/request-token.js';
import type { SecretSource } from '../auth/secret-source.js';
import { isOn } from '../config/environment.js';
import type { Folders } from '../config/folders.js';
import type { Send } from '../http/send.js';
import type { Servers } from '../http/time-limits.js';
import type { Importer } from '../import/importer.js';
import type { probeApi } from '../pks/probe.js';
import type { Secret } from '../secret.js';
import type { Runtime } from '../services.js';
import type { KubeServices } from './kube.js';
import { once } from './once.js';
import type { PksCredsServices } from './pks-creds.js';
import type { Stores } from './stores.js';

/** Logging in and out, and renaming contexts. */
export interface LoginServices {
  readonly logins: () => Promise<Logins>;
  readonly logouts: () => Promise<Logouts>;
  /** Renames a context and keeps its session. */
  readonly renameContext: (name: string, newName: string) => Promise<void>;
  readonly secrets: () => Promise<SecretSource>;
  /** Requests a token without storing it. */
  readonly requestToken: LoginsDeps['requestToken'];
  /** Imports the sessions of the original CLIs. */
  readonly importer: () => Promise<Importer>;
  /** Checks that a PKS API responds and accepts a token. */
  readonly probeApi: () => Promise<typeof probeApi>;
}

interface LoginServicesDeps
  extends Pick<Runtime, 'env' | 'platform' | 'clock' | 'terminal'>, PksCredsServices {
  readonly stores: Stores;
  readonly kubernetesSessions: KubeServices['kubernetesSessions'];
  readonly folders: () => Promise<Folders>;
  readonly send: (servers: Servers) => Promise<Send>;
  readonly grants: (client: TokenClient) => Promise<Grants>;
}

export function createLoginServices(deps: LoginServicesDeps): LoginServices {
  const { env, terminal, folders, send, pksCredsCopies, kubernetesSessions } = deps;
  const { settings, sessionStore, withLock } = deps.stores;
  return {
    logins: once(async () => {
      const [{ createLogins }, store, requestToken] = await Promise.all([
        import('../auth/login.js'),
        createStore(deps),
        createRequestToken(deps),
      ]);
      const { wantsJson, warn } = terminal;
      const copyDeps = { pksCredsCopies, isPksCredsEnabled: isOn(env.TPKS_PKS_CREDS), warn };
      return createLogins({
        store,
        requestToken,
        ...createChecks(deps),
        writePksCredsCopy: async (login, token, request) => {
          const { writePksCredsCopy } = await import('../auth/write-pks-creds-copy.js');
          return writePksCredsCopy(login, token, request, copyDeps);
        },
        wantsJson,
        warn,
      });
    }),
    logouts: once(async () => {
      const [{ createLogouts }, file, ownFolders] = await Promise.all([
        import('../auth/logouts.js'),
        settings(),
        folders(),
      ]);
      return createLogouts({
        settings: file,
        folders: ownFolders,
        sessionStore,
        send,
        withLock,
        pksCredsStore: async (context) => {
          const { createPksCredsStore } = await import('../auth/pks-creds-session.js');
          return createPksCredsStore(context, terminal.warn);
        },
        removePksCreds: async (name) => (await pksCredsCopies()).remove(name),
        removeKubernetesSession: async (name) => (await kubernetesSessions()).remove(name),
      });
    }),
    renameContext: async (name, newName) => {
      const [{ renameContext }, file] = await Promise.all([
        import('../contexts/rename-context.js'),
        settings(),
      ]);
      await renameContext(name, newName, {
        settings: file,
        sessionStore,
        withLock,
        renameKubernetesSession: async (...names) => (await kubernetesSessions()).rename(...names),
      });
    },
    secrets: once(async () =>
      (await import('../auth/secret-source.js')).createSecretSource({ terminal, env }),
    ),
    requestToken: async (client, grant, scope) =>
      (await createRequestToken(deps))(client, grant, scope),
    importer: once(async () => {
      const [{ createImportService }, store] = await Promise.all([
        import('./import.js'),
        createStore(deps),
      ]);
      return createImportService({ ...deps, store, probe: createChecks(deps).probe });
    }),
    probeApi: async () => (await import('../pks/probe.js')).probeApi,
  };
}

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

async function createStore({
  env,
  platform,
  folders,
  stores,
}: LoginServicesDeps): Promise<LoginStore> {
  const { keychain, sessionStore, withLock } = stores;
  const [{ createLoginStore }, settings, { keys }] = await Promise.all([
    import('../auth/login-store.js'),
    stores.settings(),
    folders(),
  ]);
  return createLoginStore({
    settings,
    keychain,
    sessionStore,
    withLock,
    env,
    keysFolder: keys,
    osStoreName: osStoreNames[platform] ?? 'OS keychain',
  });
}

async function createRequestToken({
  env,
  platform,
  clock,
  terminal: { note },
  send,
  grants,
}: LoginServicesDeps): Promise<LoginsDeps['requestToken']> {
  const { requestToken } = await import('../auth/request-token.js');
  const openBrowser = async (url: string): Promise<boolean> =>
    (await import('../auth/browser/open-browser.js')).openBrowser(url, { platform, env });
  return (client, grant, scope) =>
    requestToken(client, grant, scope, { grants, send, openBrowser, clock, note });
}

/** Requests that a login sends with the new token before it stores the session. */
function createChecks({ send }: LoginServicesDeps): Pick<LoginsDeps, 'probe' | 'requestUserName'> {
  const signedSend = async (servers: Servers, token: Secret): Promise<Send> => {
    const bareSend = await send(servers);
    const authorization = `Bearer ${token.reveal()}`;
    return (request) => bareSend({ ...request, headers: { ...request.headers, authorization } });
  };
  return {
    probe: async (target, { accessToken, ...owner }) => {
      const { api } = target;
      if (api === undefined) return;
      const [{ probeApi }, signed] = await Promise.all([
        import('../pks/probe.js'),
        signedSend(target, accessToken),
      ]);
      await probeApi(signed, { api, ...owner });
    },
    requestUserName: async (target, accessToken) => {
      const [{ createUserinfoEndpoint }, { withStatusErrors }, signed] = await Promise.all([
        import('../uaa/user-accounts.js'),
        import('../http/status-error.js'),
        signedSend(target, accessToken),
      ]);
      return (await createUserinfoEndpoint(withStatusErrors(signed), target.uaa).get()).user_name;
    },
  };
}
