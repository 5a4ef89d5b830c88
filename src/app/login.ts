import { withStatusErrors } from '../api/client/status-error.js';
import { probeApi } from '../api/pks/probe.js';
import { createUserinfoEndpoint } from '../api/uaa/user-accounts.js';
import type { Secret } from '../base/secret/secret.js';
import { openBrowser } from '../domain/auth/browser/open-browser.js';
import { createLoginStore } from '../domain/auth/login-store.js';
import { createLogins, type Logins, type LoginsDeps } from '../domain/auth/login.js';
import { createLogouts, type Logouts } from '../domain/auth/logouts.js';
import { renameContext } from '../domain/auth/rename-context.js';
import { createSecretSource, type SecretSource } from '../domain/auth/secret-source.js';
import type { Importer } from '../domain/import/importer.js';
import type { KubernetesSessions } from '../domain/kube/sessions.js';
import { isOn } from '../platform/config/environment.js';
import { userFileOptions } from '../platform/disk/bounded-read.js';
import type { Send } from '../platform/http/send.js';
import type { Servers } from '../platform/http/time-limits.js';
import type { Connected } from './connected.js';
import { once } from './once.js';
import type { Runtime } from './runtime.js';

/** Logging in and out, and renaming contexts. */
export interface LoginServices {
  readonly logins: () => Logins;
  readonly logouts: () => Logouts;
  /** Renames a context and keeps its session. */
  readonly renameContext: (name: string, newName: string) => Promise<void>;
  readonly secrets: () => SecretSource;
  /** Requests a token without storing it. */
  readonly requestToken: LoginsDeps['requestToken'];
  /** Imports the sessions of the original CLIs. */
  readonly importer: () => Promise<Importer>;
}

interface LoginServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'clock' | 'terminal'>,
    Pick<Connected, 'stores' | 'folders' | 'send' | 'grants'> {
  readonly kubernetesSessions: () => Promise<KubernetesSessions>;
}

export function createLoginServices(deps: LoginServicesDeps): LoginServices {
  const { env, platform, clock, terminal, folders, send, grants, kubernetesSessions } = deps;
  const { settings, keychain, sessionStore, withLock, pksCredsCopies } = deps.stores;
  const { warn, wantsJson, note } = terminal;
  const store = createLoginStore({
    ...{ settings, keychain, sessionStore, withLock, env },
    keysFolder: folders.keys,
    osStoreName: osStoreNames[platform] ?? 'OS keychain',
  });
  const checks = createChecks(deps);
  const request: LoginServices['requestToken'] = async (client, grant, scope) => {
    // `status` and `logout` request no token, and the OAuth library takes 15 ms to load.
    const { requestToken } = await import('../domain/auth/request-token.js');
    return requestToken(client, grant, scope, {
      ...{ grants, send, clock, note },
      openBrowser: (url) => openBrowser(url, { platform, env }),
    });
  };
  return {
    requestToken: request,
    logins: once(() =>
      createLogins({
        ...{ store, wantsJson, warn },
        ...checks,
        requestToken: request,
        writePksCredsCopy: async (login, token, request) => {
          const { writeCreds = false } = request;
          const hasCopy = login.context.pksCreds !== undefined;
          if (!writeCreds && !hasCopy && !isOn(env.TPKS_PKS_CREDS)) return undefined;
          return (await pksCredsCopies()).write(login, token, request);
        },
      }),
    ),
    logouts: once(() =>
      createLogouts({
        ...{ settings, folders, sessionStore, send, withLock },
        pksCredsStore: async (context) => {
          const { createPksCredsStore } = await import('../domain/auth/pks-creds.js');
          return createPksCredsStore(context, warn);
        },
        removePksCreds: async (name) => (await pksCredsCopies()).remove(name),
        removeKubernetesSession: async (name) => (await kubernetesSessions()).remove(name),
      }),
    ),
    renameContext: (name, newName) =>
      renameContext(name, newName, {
        ...{ settings, sessionStore, withLock },
        renameKubernetesSession: async (...names) => (await kubernetesSessions()).rename(...names),
      }),
    secrets: once(() => createSecretSource({ terminal, env })),
    importer: once(async () => {
      // Only `import` needs it, and the yaml package takes 10 ms to load.
      const [{ createImporter }, { createTokenKeys }] = await Promise.all([
        import('../domain/import/importer.js'),
        import('../api/uaa/tokens/token-keys.js'),
      ]);
      return createImporter({
        ...{ env, platform, settings, store, sessionStore, now: clock.now },
        readStdin: () => terminal.readStdin('the file to import', userFileOptions.maximumBytes),
        probe: ({ token, identity, grant, ...session }) => {
          const isClient = grant === 'client_credentials';
          return checks.probe(session, { accessToken: token.accessToken, identity, isClient });
        },
        verifySignature: async ({ uaa, token, ...trust }) => {
          const keys = createTokenKeys(withStatusErrors(await send(trust)), uaa);
          await keys.verify(token.accessToken.reveal());
        },
        // For all servers together.
        startTimeLimit: () => AbortSignal.timeout(10_000),
      });
    }),
  };
}

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

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
      if (api !== undefined)
        await probeApi(await signedSend(target, accessToken), { api, ...owner });
    },
    requestUserName: async (target, accessToken) => {
      const signed = withStatusErrors(await signedSend(target, accessToken));
      return (await createUserinfoEndpoint(signed, target.uaa).get()).user_name;
    },
  };
}
