import type { ContextMoves } from './auth/context-moves.js';
import type { Context } from './auth/contexts.js';
import type { Grants } from './auth/grants.js';
import type { Installations } from './auth/installations.js';
import type { LastingStore, Logins } from './auth/logins.js';
import type { Logouts } from './auth/logouts.js';
import type { SecretSource } from './auth/secret-source.js';
import type { Session } from './auth/session.js';
import type { SessionStore } from './auth/session-file.js';
import type { Clock } from './clock.js';
import type { Writing } from './commands/dry-run.js';
import type { NameCache, NameKind } from './config/name-cache.js';
import type { Places } from './config/places.js';
import type { SettingsFile } from './config/settings.js';
import type { Send } from './http/send.js';
import type { Keychain } from './keychain/keychain.js';
import type { Clusters } from './pks/clusters.js';
import type { ComputeProfiles } from './pks/compute-profiles.js';
import type { KubernetesProfiles } from './pks/kubernetes-profiles.js';
import type { NetworkProfiles } from './pks/network-profiles.js';
import type { Plans } from './pks/plans.js';
import type { Quotas } from './pks/quotas.js';
import type { Tasks } from './pks/tasks.js';
import type { Usages } from './pks/usages.js';
import type { Secret } from './secret.js';
import type { startSandbox } from './sandbox/sandbox.js';
import type { Terminal } from './terminal/terminal.js';
import type { Groups } from './uaa/groups.js';
import type { Info } from './uaa/info.js';
import type { Members } from './uaa/members.js';
import type { TokenKeys } from './uaa/token-keys.js';
import type { Users } from './uaa/users.js';

/** Options that every command has; declared once, in `program.ts`. */
export interface GlobalOptions {
  readonly context?: string | undefined;
  readonly json: boolean;
  /** `false` after `--non-interactive` or `--no-input`. */
  readonly interactive: boolean;
  /** `false` after `--no-color`. */
  readonly color: boolean;
  /** For one request; 60 if nobody says. */
  readonly timeoutSeconds?: number | undefined;
  readonly trace: boolean;
}

/** How a server is trusted. */
export interface Trust {
  /** PEM; trusted beside the system's store. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

export interface GrantsInput extends Trust {
  readonly uaa: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** What a command may ask for; each is built, and even imported, on first use. */
export interface Services {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly options: () => GlobalOptions;
  /** For a command that runs until Ctrl-C. */
  readonly untilInterrupted: () => Promise<void>;
  readonly settings: () => Promise<SettingsFile>;
  /** Names of clusters that the last `clusters` of a context saw, for completion. */
  readonly clusterNames: () => Promise<NameCache>;
  /** The same for all that has names: what the last list of a context saw. */
  readonly names: (kind: NameKind) => Promise<NameCache>;

  /** The context that PKS commands use. @throws {TpksError} `unauthenticated` when there is none */
  readonly context: () => Promise<Context>;
  /** The context that `tpks uaa` uses. @throws {TpksError} `unauthenticated` when there is none */
  readonly uaaContext: () => Promise<Context>;
  readonly session: (context: Context) => Promise<Session>;
  readonly sessionStore: (name: string, store: LastingStore) => Promise<SessionStore>;
  readonly installations: () => Promise<Installations>;
  readonly logins: () => Promise<Logins>;
  readonly logouts: () => Promise<Logouts>;
  readonly secrets: () => Promise<SecretSource>;
  /** Token requests of one UAA client. */
  readonly grants: (client: GrantsInput) => Promise<Grants>;

  /** The bare network: no token, no status errors. */
  readonly send: (trust: Trust) => Promise<Send>;
  /** With the context's token, to the context's hosts alone; an answer of any status comes back. */
  readonly bearerSend: (context: Context) => Promise<Send>;

  /** Renaming a context with its session. */
  readonly contextMoves: () => Promise<ContextMoves>;
  readonly sandbox: () => Promise<typeof startSandbox>;

  readonly clusters: (how?: Writing) => Promise<Clusters>;
  readonly plans: () => Promise<Plans>;
  readonly tasks: (how?: Writing) => Promise<Tasks>;
  readonly networkProfiles: (how?: Writing) => Promise<NetworkProfiles>;
  readonly kubernetesProfiles: (how?: Writing) => Promise<KubernetesProfiles>;
  readonly computeProfiles: (how?: Writing) => Promise<ComputeProfiles>;
  readonly quotas: (how?: Writing) => Promise<Quotas>;
  readonly usages: () => Promise<Usages>;
  readonly info: (target: Trust & { readonly uaa: string }) => Promise<Info>;
  readonly tokenKeys: (target: Trust & { readonly uaa: string }) => Promise<TokenKeys>;
  readonly users: () => Promise<Users>;
  readonly groups: () => Promise<Groups>;
  readonly members: () => Promise<Members>;
}

export interface Runtime {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly options: () => GlobalOptions;
  readonly untilInterrupted: () => Promise<void>;
}

/** The services, and what the edge of the process needs besides. */
export interface RunningServices extends Services {
  /** Waits, within reason, for a renewal of tokens that is under way. */
  readonly settle: () => Promise<void>;
}

const defaultTimeoutSeconds = 60;
const settleMilliseconds = 5000;

/** The composition root: a menu, nothing on it is cooked before it is ordered. */
export function createServices(runtime: Runtime): RunningServices {
  const { env, platform, clock, terminal, options, untilInterrupted } = runtime;
  const underWay = new Set<Promise<unknown>>();
  const folders = once(async (): Promise<Places> =>
    (await import('./config/places.js')).places(env, platform),
  );

  /** One process at a time, per file. */
  const exclusivelyAt =
    (path: string) =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      const { createLock } = await import('./auth/refresh-lock.js');
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
      import('./config/settings.js'),
      folders(),
    ]);
    return createSettingsFile({
      directory: config,
      exclusively: exclusivelyAt(`${config}/config.lock`),
    });
  });

  const keychains: Record<LastingStore, () => Promise<Keychain>> = {
    keychain: once(async () => (await import('./keychain/os-keychain.js')).createOsKeychain()),
    file: once(async () => {
      const [{ createKeyFile }, { keys }] = await Promise.all([
        import('./keychain/key-file.js'),
        folders(),
      ]);
      return createKeyFile(keys);
    }),
  };

  const sessionStore = async (name: string, store: LastingStore): Promise<SessionStore> => {
    const [{ createSessionStore }, { sessions }, keychain] = await Promise.all([
      import('./auth/session-file.js'),
      folders(),
      keychains[store](),
    ]);
    return createSessionStore({ context: name, directory: sessions, keychain });
  };

  /** Keeps refreshes of one context apart. */
  const sessionLock = async (name: string) => {
    const [{ fileNameOf }, { sessions }] = await Promise.all([
      import('./auth/session-file.js'),
      folders(),
    ]);
    return exclusivelyAt(`${sessions}/${fileNameOf(name)}.lock`);
  };

  const exclusivelyFor = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
    (await sessionLock(name))(work);

  const choose = async (forUaa: boolean): Promise<Context> => {
    const [{ chooseContext }, file] = await Promise.all([import('./auth/contexts.js'), settings()]);
    const context = chooseContext({
      settings: await file.read(),
      env,
      flag: options().context,
      forUaa,
    });
    if (context.skipTlsVerification) {
      terminal.warn(`TLS certificates of ${context.uaa} are not verified (-k at login)`);
    }
    return context;
  };
  const context = once(() => choose(false));
  const uaaContext = once(() => choose(true));

  const send = memoised(
    ({ caCert, skipTlsVerification }: Trust) => `${String(skipTlsVerification)} ${caCert ?? ''}`,
    async (trust) => {
      const { systemRoots } = await import('./http/system-roots.js');
      const deps = {
        ...trust,
        timeoutSeconds: options().timeoutSeconds ?? defaultTimeoutSeconds,
        systemRoots: () => systemRoots(env),
      };
      const door =
        env['HTTPS_PROXY'] || env['https_proxy']
          ? (await import('./http/undici-send.js')).createUndiciSend(deps)
          : (await import('./http/https-send.js')).createHttpsSend(deps);
      if (!options().trace) return door;
      const { withTrace } = await import('./http/trace.js');
      return withTrace(door, { write: terminal.note, now: clock.now });
    },
  );

  const grants = async (client: GrantsInput): Promise<Grants> => {
    const [{ createGrants }, door] = await Promise.all([import('./auth/grants.js'), send(client)]);
    return createGrants({ ...client, send: door, clock });
  };

  const session = memoised(
    ({ name, store }: Context) => `${store} ${name}`,
    async (of) => {
      const [{ createSession }, { createRenew, loginCommand }] = await Promise.all([
        import('./auth/session.js'),
        import('./auth/renew.js'),
      ]);
      const renew = createRenew({
        context: of,
        grants: (clientSecret) => grants({ ...of, clientSecret }),
        env,
        readStdin: terminal.readStdin,
      });
      const deps = { renew, clock, warn: terminal.warn, loginCommand: loginCommand(of) };
      if (of.store === 'none') {
        const { createMemoryStore } = await import('./auth/memory-store.js');
        return createSession({ ...deps, store: createMemoryStore(), exclusively: oneByOne() });
      }
      return createSession({
        ...deps,
        store: await sessionStore(of.name, of.store),
        exclusively: await sessionLock(of.name),
      });
    },
  );

  const bearerSend = async (of: Context): Promise<Send> => {
    const [{ withBearer }, door, { accessToken }] = await Promise.all([
      import('./http/bearer.js'),
      send(of),
      session(of),
    ]);
    return withBearer(door, {
      accessToken,
      hosts: [of.uaa, ...(of.api === undefined ? [] : [of.api])],
    });
  };

  /** The PKS API of the context, its failures in the words of the original. */
  const pks = memoised(
    ({ dryRun = false }: Writing) => String(dryRun),
    async ({ dryRun = false }) => {
      const of = await context();
      const [{ withStatusErrors }, { explainPks }, { apiOf }, door] = await Promise.all([
        import('./http/status-error.js'),
        import('./pks/status.js'),
        import('./auth/installation.js'),
        bearerSend(of),
      ]);
      const send = withStatusErrors(door, explainPks);
      const api = apiOf(of);
      if (!dryRun) return { send, api };
      return { send: (await import('./commands/dry-run.js')).withDryRun(send), api };
    },
  );
  const pksResource = <T>(load: () => Promise<(send: Send, api: string) => T>) => {
    const made = memoised(
      ({ dryRun = false }: Writing) => String(dryRun),
      async (how) => {
        const [create, { send: door, api }] = await Promise.all([load(), pks(how)]);
        return create(door, api);
      },
    );
    return (how: Writing = {}) => made(how);
  };

  const names = memoised(
    (kind: NameKind) => kind,
    async (kind) => {
      const [{ createNameCache }, { cache }] = await Promise.all([
        import('./config/name-cache.js'),
        folders(),
      ]);
      return createNameCache(cache, kind);
    },
  );

  const uaa = once(async () => {
    const of = await uaaContext();
    const [{ withStatusErrors }, door] = await Promise.all([
      import('./http/status-error.js'),
      bearerSend(of),
    ]);
    return { send: withStatusErrors(door), uaa: of.uaa };
  });

  const open = async (trust: Trust): Promise<Send> => {
    const [{ withStatusErrors }, door] = await Promise.all([
      import('./http/status-error.js'),
      send(trust),
    ]);
    return withStatusErrors(door);
  };

  return {
    terminal,
    clock,
    env,
    options,
    untilInterrupted,
    settle: async () => {
      await Promise.race([Promise.allSettled(underWay), clock.sleep(settleMilliseconds)]);
    },
    settings,
    context,
    uaaContext,
    session,
    sessionStore,
    grants,
    send,
    bearerSend,
    clusterNames: () => names('clusters'),
    names,
    installations: once(async () => {
      const [{ createInstallations }, file] = await Promise.all([
        import('./auth/installations.js'),
        settings(),
      ]);
      return createInstallations({ settings: file, env });
    }),
    logins: once(async () => {
      const [{ createLogins }, file, { keys }] = await Promise.all([
        import('./auth/logins.js'),
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
    secrets: once(async () =>
      (await import('./auth/secret-source.js')).createSecretSource({ terminal, env }),
    ),
    logouts: once(async () => {
      const [{ createLogouts }, file] = await Promise.all([
        import('./auth/logouts.js'),
        settings(),
      ]);
      return createLogouts({ settings: file, sessionStore, send, exclusively: exclusivelyFor });
    }),
    contextMoves: once(async () => {
      const [{ createContextMoves }, file] = await Promise.all([
        import('./auth/context-moves.js'),
        settings(),
      ]);
      return createContextMoves({
        settings: file,
        sessionStore,
        exclusively: exclusivelyFor,
      });
    }),
    sandbox: async () => (await import('./sandbox/sandbox.js')).startSandbox,
    clusters: pksResource(async () => (await import('./pks/clusters.js')).createClusters),
    plans: pksResource(async () => (await import('./pks/plans.js')).createPlans),
    tasks: pksResource(async () => (await import('./pks/tasks.js')).createTasks),
    networkProfiles: pksResource(
      async () => (await import('./pks/network-profiles.js')).createNetworkProfiles,
    ),
    kubernetesProfiles: pksResource(
      async () => (await import('./pks/kubernetes-profiles.js')).createKubernetesProfiles,
    ),
    computeProfiles: pksResource(
      async () => (await import('./pks/compute-profiles.js')).createComputeProfiles,
    ),
    quotas: pksResource(async () => (await import('./pks/quotas.js')).createQuotas),
    usages: pksResource(async () => (await import('./pks/usages.js')).createUsages),
    info: async (target) =>
      (await import('./uaa/info.js')).createInfo(await open(target), target.uaa),
    tokenKeys: async (target) =>
      (await import('./uaa/token-keys.js')).createTokenKeys(await open(target), target.uaa),
    users: once(async () => {
      const [{ createUsers }, at] = await Promise.all([import('./uaa/users.js'), uaa()]);
      return createUsers(at.send, at.uaa);
    }),
    groups: once(async () => {
      const [{ createGroups }, at] = await Promise.all([import('./uaa/groups.js'), uaa()]);
      return createGroups(at.send, at.uaa);
    }),
    members: once(async () => {
      const [{ createMembers }, at] = await Promise.all([import('./uaa/members.js'), uaa()]);
      return createMembers(at.send, at.uaa);
    }),
  };
}

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** Builds a thing at the first call, for all calls. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** One thing a key. */
function memoised<Input, T>(
  key: (input: Input) => string,
  make: (input: Input) => Promise<T>,
): (input: Input) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (input) => {
    const found = made.get(key(input)) ?? make(input);
    made.set(key(input), found);
    return found;
  };
}

/** Within one process, one after the other. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
