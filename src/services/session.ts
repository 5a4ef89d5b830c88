import type { Context } from '../contexts/context.js';
import type { Grants } from '../auth/grants.js';
import type { Logins } from '../auth/login.js';
import type { Logouts } from '../auth/logouts.js';
import type { TokenClient } from '../auth/request-token.js';
import type { SecretSource } from '../auth/secret-source.js';
import type { SessionPlace, SessionStore } from '../auth/session-file.js';
import type { Session } from '../auth/session.js';
import type { Places } from '../config/places.js';
import type { SettingsFile } from '../config/settings.js';
import type { Send, Trust } from '../http/send.js';
import type { Runtime } from '../services.js';
import type { probeApi } from '../pks/probe.js';
import type { ServerClock } from '../server-clock.js';
import { createContextServices, type ContextServices } from './contexts.js';
import { memoised, once, oneByOne } from './once.js';
import { createStores } from './stores.js';

/** Contexts, and the logins, sessions and logouts in them. */
export interface SessionServices extends ContextServices {
  readonly settings: () => Promise<SettingsFile>;
  readonly session: (context: Context) => Promise<Session>;
  readonly sessionStore: (name: string, place: SessionPlace) => Promise<SessionStore>;
  readonly logins: () => Promise<Logins>;
  readonly logouts: () => Promise<Logouts>;
  /** Renames a context with its session. */
  readonly renameContext: (name: string, newName: string) => Promise<void>;
  readonly secrets: () => Promise<SecretSource>;
  /** Checks that a PKS API responds and accepts a token. */
  readonly probeApi: () => Promise<typeof probeApi>;
  /** With the context's token, only to the context's hosts; no status is an error. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export interface SessionServicesDeps extends Runtime {
  /** Without a token, and without turning statuses into errors. */
  readonly send: (trust: Trust) => Promise<Send>;
  readonly folders: () => Promise<Places>;
  readonly serverClock: Pick<ServerClock, 'noteStored'>;
}

/** The sessions, and what the edge of the process needs besides. */
export interface RunningSessions extends SessionServices {
  /** Waits up to 5 s for a token renewal in progress. */
  readonly settle: () => Promise<void>;
}

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

export function createSessionServices(deps: SessionServicesDeps): RunningSessions {
  const { env, platform, clock, terminal, options, folders, send, serverClock } = deps;
  const stores = createStores(deps);
  const { settings, sessionStore, sessionLock, exclusivelyFor } = stores;

  const contexts = createContextServices({ env, terminal, options, settings });

  const grants = async (client: TokenClient): Promise<Grants> => {
    const [{ createGrants }, bareSend] = await Promise.all([
      import('../auth/grants.js'),
      send(client),
    ]);
    return createGrants({ ...client, send: bareSend, clock });
  };

  const session = memoised(
    ({ name, store }: Context) => `${store} ${name}`,
    async (of) => {
      const [{ createSession }, { createRenew }, { loginCommand }] = await Promise.all([
        import('../auth/session.js'),
        import('../auth/renew.js'),
        import('../auth/login-command.js'),
      ]);
      const renew = createRenew({
        context: of,
        grants: (clientSecret) => grants({ ...of, clientSecret }),
        env,
        readStdin: terminal.readStdin,
      });
      const common = { renew, clock, warn: terminal.warn, loginCommand: loginCommand(of) };
      if (of.store === 'none') {
        const { createMemoryStore } = await import('../auth/memory-store.js');
        return createSession({ ...common, store: createMemoryStore(), exclusively: oneByOne() });
      }
      return createSession({
        ...common,
        store: withOffsetNoted(
          await sessionStore(of.name, { ...of, store: of.store }),
          serverClock,
        ),
        exclusively: await sessionLock(of.name),
      });
    },
  );

  /** For a token that is not stored yet. */
  const signedSend = async (trust: Trust, token: string): Promise<Send> => {
    const bareSend = await send(trust);
    const authorization = `Bearer ${token}`;
    return (request) => bareSend({ ...request, headers: { ...request.headers, authorization } });
  };

  return {
    settings,
    ...contexts,
    session,
    sessionStore,
    logins: once(async () => {
      const [{ createLogins }, { createLoginStore }, { requestToken }, file, { keys }] =
        await Promise.all([
          import('../auth/login.js'),
          import('../auth/login-store.js'),
          import('../auth/request-token.js'),
          settings(),
          folders(),
        ]);
      return createLogins({
        store: createLoginStore({
          settings: file,
          keychain: stores.keychain,
          sessionStore,
          exclusively: exclusivelyFor,
          env,
          keysFolder: keys,
          osStoreName: osStoreNames[platform] ?? 'OS keychain',
        }),
        requestToken: (client, grant, scope) =>
          requestToken(client, grant, scope, {
            grants,
            send,
            openBrowser: async (url) =>
              (await import('../auth/open-browser.js')).openBrowser(url, { platform, env }),
            clock,
            note: terminal.note,
          }),
        probe: async ({ api, ...target }, { accessToken, ...owner }) => {
          if (api === undefined) return;
          const [{ probeApi }, signed] = await Promise.all([
            import('../pks/probe.js'),
            signedSend(target, accessToken),
          ]);
          await probeApi(signed, { api, ...owner });
        },
        userName: async (target, accessToken) => {
          const [{ createUserinfo }, { withStatusErrors }, signed] = await Promise.all([
            import('../uaa/userinfo.js'),
            import('../http/status-error.js'),
            signedSend(target, accessToken),
          ]);
          return (await createUserinfo(withStatusErrors(signed), target.uaa).get()).user_name;
        },
        wantsJson: terminal.wantsJson,
        warn: terminal.warn,
      });
    }),
    logouts: once(async () => {
      const [{ createLogouts }, file, places] = await Promise.all([
        import('../auth/logouts.js'),
        settings(),
        folders(),
      ]);
      return createLogouts({
        settings: file,
        folders: places,
        sessionStore,
        send,
        exclusively: exclusivelyFor,
      });
    }),
    renameContext: async (name, newName) => {
      const [{ renameContext }, file] = await Promise.all([
        import('../contexts/rename-context.js'),
        settings(),
      ]);
      const exclusively = exclusivelyFor;
      await renameContext(name, newName, { settings: file, sessionStore, exclusively });
    },
    secrets: once(async () =>
      (await import('../auth/secret-source.js')).createSecretSource({ terminal, env }),
    ),
    probeApi: async () => (await import('../pks/probe.js')).probeApi,
    bearerSend: async (of) => {
      const [{ withBearer }, door, { accessToken }] = await Promise.all([
        import('../http/bearer.js'),
        send(of),
        session(of),
      ]);
      return withBearer(door, {
        accessToken,
        hosts: [of.uaa, ...(of.api === undefined ? [] : [of.api])],
      });
    },
    settle: stores.settle,
  };
}

function withOffsetNoted(
  store: SessionStore,
  { noteStored }: Pick<ServerClock, 'noteStored'>,
): SessionStore {
  return {
    ...store,
    read: async () => {
      const session = await store.read();
      if (session !== undefined) noteStored(session.clockOffsetSeconds);
      return session;
    },
  };
}
