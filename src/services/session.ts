import type { ContextMoves } from '../auth/context-moves.js';
import type { Context } from '../auth/contexts.js';
import type { Installations } from '../auth/installations.js';
import type { LastingStore, Logins } from '../auth/logins.js';
import type { Logouts } from '../auth/logouts.js';
import type { SecretSource } from '../auth/secret-source.js';
import type { SessionPlace, SessionStore } from '../auth/session-file.js';
import type { Session } from '../auth/session.js';
import type { Places } from '../config/places.js';
import type { SettingsFile } from '../config/settings.js';
import type { Send } from '../http/send.js';
import type { Keychain } from '../keychain/keychain.js';
import type { ServerClock } from '../server-clock.js';
import { memoised, once, oneByOne } from './once.js';
import { createTokenWays, type TokenWays, type TokenWaysDeps } from './token-ways.js';

/** Who is logged in where, how they got there, and how they leave. */
export interface SessionServices extends TokenWays {
  readonly settings: () => Promise<SettingsFile>;
  /** The context that PKS commands use. @throws {TpksError} `unauthenticated` when there is none */
  readonly context: () => Promise<Context>;
  /** The context that `tpks uaa` uses. @throws {TpksError} `unauthenticated` when there is none */
  readonly uaaContext: () => Promise<Context>;
  /** The context of that name. @throws {TpksError} `unauthenticated` when there is none */
  readonly contextNamed: (name: string) => Promise<Context>;
  readonly session: (context: Context) => Promise<Session>;
  readonly sessionStore: (name: string, place: SessionPlace) => Promise<SessionStore>;
  readonly installations: () => Promise<Installations>;
  readonly logins: () => Promise<Logins>;
  readonly logouts: () => Promise<Logouts>;
  /** Renaming a context with its session. */
  readonly contextMoves: () => Promise<ContextMoves>;
  readonly secrets: () => Promise<SecretSource>;
  /** With the context's token, to the context's hosts alone; an answer of any status comes back. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export interface SessionServicesDeps extends TokenWaysDeps {
  readonly folders: () => Promise<Places>;
  readonly serverClock: Pick<ServerClock, 'noteStored'>;
}

/** The sessions, and what the edge of the process needs besides. */
export interface RunningSessions extends SessionServices {
  /** Waits, within reason, for a renewal of tokens that is under way. */
  readonly settle: () => Promise<void>;
}

const settleMilliseconds = 5000;

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

export function createSessionServices(deps: SessionServicesDeps): RunningSessions {
  const { env, platform, clock, terminal, options, folders, send, serverClock } = deps;
  const underWay = new Set<Promise<unknown>>();

  /** One process at a time, per file. */
  const exclusivelyAt =
    (path: string) =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      const { createLock } = await import('../auth/refresh-lock.js');
      const running = createLock(path, { clock }).exclusively(work);
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    };

  const settings = once(async () => {
    const [{ createSettingsFile }, { config }] = await Promise.all([
      import('../config/settings.js'),
      folders(),
    ]);
    return createSettingsFile({
      directory: config,
      exclusively: exclusivelyAt(`${config}/config.lock`),
    });
  });

  const keychains: Record<LastingStore, () => Promise<Keychain>> = {
    keychain: once(async () => {
      const [{ createOsKeychain }, { sessions }] = await Promise.all([
        import('../keychain/os-keychain.js'),
        folders(),
      ]);
      return createOsKeychain({ platform, env, notesFolder: sessions });
    }),
    file: once(async () => {
      const [{ createKeyFile }, { keys }] = await Promise.all([
        import('../keychain/key-file.js'),
        folders(),
      ]);
      return createKeyFile(keys);
    }),
  };

  const sessionStore = async (
    name: string,
    { store, sessionId, otherStore }: SessionPlace,
  ): Promise<SessionStore> => {
    const [{ createSessionStore }, { sessions }, keychain, otherKeychain] = await Promise.all([
      import('../auth/session-file.js'),
      folders(),
      keychains[store](),
      otherStore === undefined ? undefined : keychains[otherStore](),
    ]);
    return createSessionStore({
      context: name,
      sessionId,
      directory: sessions,
      keychain,
      otherKeychain,
    });
  };

  /** Keeps refreshes of one context apart. */
  const sessionLock = async (name: string) => {
    const [{ fileNameOf }, { sessions }] = await Promise.all([
      import('../auth/session-file.js'),
      folders(),
    ]);
    return exclusivelyAt(`${sessions}/${fileNameOf(name)}.lock`);
  };

  const exclusivelyFor = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
    (await sessionLock(name))(work);

  const choose = async (forUaa: boolean, flag = options().context): Promise<Context> => {
    const [{ chooseContext }, file] = await Promise.all([
      import('../contexts/choose-context.js'),
      settings(),
    ]);
    const context = chooseContext({
      settings: await file.read(),
      env,
      flag,
      forUaa,
    });
    if (context.skipTlsVerification) {
      terminal.warn(`TLS certificates of ${context.uaa} are not verified (-k at login)`);
    }
    return context;
  };

  const ways = createTokenWays(deps);

  const session = memoised(
    ({ name, store }: Context) => `${store} ${name}`,
    async (of) => {
      const [{ createSession }, { createRenew, loginCommand }] = await Promise.all([
        import('../auth/session.js'),
        import('../auth/renew.js'),
      ]);
      const renew = createRenew({
        context: of,
        grants: (clientSecret) => ways.grants({ ...of, clientSecret }),
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

  return {
    settings,
    context: once(() => choose(false)),
    uaaContext: once(() => choose(true)),
    contextNamed: (name) => choose(false, name),
    session,
    sessionStore,
    ...ways,
    installations: once(async () => {
      const [{ createInstallations }, file] = await Promise.all([
        import('../auth/installations.js'),
        settings(),
      ]);
      return createInstallations({ settings: file, env });
    }),
    logins: once(async () => {
      const [{ createLogins }, file, { keys }] = await Promise.all([
        import('../auth/logins.js'),
        settings(),
        folders(),
      ]);
      return createLogins({
        settings: file,
        keychain: (store) => keychains[store](),
        sessionStore,
        exclusively: exclusivelyFor,
        env,
        keysFolder: keys,
        osStoreName: osStoreNames[platform] ?? 'OS keychain',
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
    contextMoves: once(async () => {
      const [{ createContextMoves }, file] = await Promise.all([
        import('../auth/context-moves.js'),
        settings(),
      ]);
      return createContextMoves({ settings: file, sessionStore, exclusively: exclusivelyFor });
    }),
    secrets: once(async () =>
      (await import('../auth/secret-source.js')).createSecretSource({ terminal, env }),
    ),
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
    settle: async () => {
      if (underWay.size === 0) return;
      await Promise.race([Promise.allSettled(underWay), clock.sleep(settleMilliseconds)]);
    },
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
