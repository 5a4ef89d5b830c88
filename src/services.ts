import type { BrowserLogin } from './auth/browser-login.js';
import type { ContextMoves } from './auth/context-moves.js';
import type { Context } from './auth/contexts.js';
import type { Grants } from './auth/grants.js';
import type { Installations } from './auth/installations.js';
import type { LastingStore, Logins } from './auth/logins.js';
import type { Logouts } from './auth/logouts.js';
import type { PostedCredentials } from './auth/posted-credentials.js';
import type { SecretSource } from './auth/secret-source.js';
import type { Session } from './auth/session.js';
import type { SessionStore } from './auth/session-file.js';
import type { Clock } from './clock.js';
import type { Writing } from './commands/dry-run.js';
import type { NameCache, NameKind } from './config/name-cache.js';
import type { Places } from './config/places.js';
import type { SettingsFile } from './config/settings.js';
import type { Send } from './http/send.js';
import type { Failure } from './http/status-error.js';
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
import type { ClientJwts } from './uaa/client-jwts.js';
import type { Clients } from './uaa/clients.js';
import type { ClientSecrets } from './uaa/client-secrets.js';
import type { Directory } from './uaa/directory.js';
import type { TokenCheck } from './uaa/check-token.js';
import type { GivenKey } from './uaa/given-key.js';
import type { Groups } from './uaa/groups.js';
import type { IdentityProviders } from './uaa/identity-providers.js';
import type { IdentityZones } from './uaa/identity-zones.js';
import type { Info } from './uaa/info.js';
import type { Mappings } from './uaa/mappings.js';
import type { Members } from './uaa/members.js';
import type { NameChecks } from './uaa/name-checks.js';
import type { PasswordStrength } from './uaa/password-strength.js';
import type { SigningKeys } from './uaa/signing-key.js';
import type { TokenKeys } from './uaa/token-keys.js';
import type { TokenRecords } from './uaa/token-records.js';
import type { Userinfo } from './uaa/userinfo.js';
import type { UserAccounts } from './uaa/user-accounts.js';
import type { UserIds } from './uaa/user-ids.js';
import type { UserUpdates } from './uaa/user-updates.js';
import type { UserinfoEndpoint } from './uaa/userinfo.js';
import type { Users } from './uaa/users.js';
import type { Zone } from './uaa/zone.js';

/** Options that every command has, declared once, in `program.ts`; and those of whole groups. */
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
  /** In which identity zone the UAA is asked; its own where absent. For `uaa` alone. */
  readonly zone?: Zone | undefined;
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
  /** `undefined` for a public client. */
  readonly clientSecret: Secret | undefined;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
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
  /** Logins that a person answers in a browser. */
  readonly browserLogin: (client: GrantsInput) => Promise<BrowserLogin>;
  /** Tokens for the answers to the UAA's prompts. */
  readonly postedCredentials: (
    client: Omit<GrantsInput, 'clientSecret'>,
  ) => Promise<PostedCredentials>;
  /** Whose token it is, where the token itself does not tell. */
  readonly userOf: (
    target: Trust & { readonly uaa: string },
    accessToken: string,
  ) => Promise<Userinfo>;

  /** The bare network: no token, no status errors. */
  readonly send: (trust: Trust) => Promise<Send>;
  /** With the context's token, to the context's hosts alone; an answer of any status comes back. */
  readonly bearerSend: (context: Context) => Promise<Send>;

  /** Renaming a context with its session. */
  readonly contextMoves: () => Promise<ContextMoves>;
  readonly sandbox: () => Promise<typeof startSandbox>;

  readonly clusters: (how?: Writing) => Promise<Clusters>;
  /** The clusters that another context sees, by its name. */
  readonly clustersOf: (context: string) => Promise<Clusters>;
  readonly plans: () => Promise<Plans>;
  readonly tasks: (how?: Writing) => Promise<Tasks>;
  readonly networkProfiles: (how?: Writing) => Promise<NetworkProfiles>;
  readonly kubernetesProfiles: (how?: Writing) => Promise<KubernetesProfiles>;
  readonly computeProfiles: (how?: Writing) => Promise<ComputeProfiles>;
  readonly quotas: (how?: Writing) => Promise<Quotas>;
  readonly usages: () => Promise<Usages>;
  readonly info: (target: Trust & { readonly uaa: string }) => Promise<Info>;
  readonly tokenKeys: (target: Trust & { readonly uaa: string }) => Promise<TokenKeys>;
  readonly tokenCheck: (target: Trust & { readonly uaa: string }) => Promise<TokenCheck>;
  readonly givenKey: () => Promise<GivenKey>;
  readonly tokenRecords: () => Promise<TokenRecords>;
  readonly signingKeys: (target: Trust & { readonly uaa: string }) => Promise<SigningKeys>;
  readonly passwordStrength: (
    target: Trust & { readonly uaa: string },
  ) => Promise<PasswordStrength>;
  readonly users: () => Promise<Users>;
  readonly userUpdates: () => Promise<UserUpdates>;
  readonly userAccounts: () => Promise<UserAccounts>;
  readonly userIds: () => Promise<UserIds>;
  readonly directory: () => Promise<Directory>;
  readonly nameChecks: () => Promise<NameChecks>;
  readonly groups: () => Promise<Groups>;
  readonly clients: () => Promise<Clients>;
  readonly clientSecrets: () => Promise<ClientSecrets>;
  readonly clientJwts: () => Promise<ClientJwts>;
  readonly members: () => Promise<Members>;
  readonly mappings: () => Promise<Mappings>;
  readonly userinfo: () => Promise<UserinfoEndpoint>;
  readonly identityProviders: () => Promise<IdentityProviders>;
  readonly identityZones: () => Promise<IdentityZones>;
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
/** About as long as a read and a write take: who collided is apart from the others then. */
const collisionMilliseconds = 50;

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

  const choose = async (forUaa: boolean, flag = options().context): Promise<Context> => {
    const [{ chooseContext }, file] = await Promise.all([import('./auth/contexts.js'), settings()]);
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
      const proxy = env['HTTPS_PROXY'] || env['https_proxy'];
      const noProxy = (env['NO_PROXY'] || env['no_proxy']) ?? '';
      const door = proxy
        ? (await import('./http/undici-send.js')).createUndiciSend({ ...deps, proxy, noProxy })
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

  const browserLogin = async (client: GrantsInput): Promise<BrowserLogin> => {
    const [{ createBrowserLogin }, { listenOnLoopback }, { openBrowser }, door] = await Promise.all(
      [
        import('./auth/browser-login.js'),
        import('./auth/loopback.js'),
        import('./auth/open-browser.js'),
        send(client),
      ],
    );
    return createBrowserLogin({
      send: door,
      uaa: client.uaa,
      grants: () => grants(client),
      listen: listenOnLoopback,
      openBrowser: (url) => openBrowser(url, { platform, env }),
      clock,
      note: terminal.note,
    });
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
  const pksOf = async (of: Context): Promise<{ readonly send: Send; readonly api: string }> => {
    const [{ withStatusErrors }, { explainPks }, { apiOf }, door] = await Promise.all([
      import('./http/status-error.js'),
      import('./pks/status.js'),
      import('./auth/installation.js'),
      bearerSend(of),
    ]);
    return { send: withStatusErrors(door, explainPks), api: apiOf(of) };
  };
  const pks = memoised(
    ({ dryRun = false }: Writing) => String(dryRun),
    async ({ dryRun = false }) => {
      const { send, api } = await pksOf(await context());
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
    const [{ withStatusErrors }, { explainUaa }, door] = await Promise.all([
      import('./http/status-error.js'),
      import('./uaa/status.js'),
      bearerSend(of),
    ]);
    const { zone } = options();
    if (zone === undefined) return { send: withStatusErrors(door, explainUaa(of)), uaa: of.uaa };
    const { withZone, explainZone } = await import('./uaa/zone.js');
    const explain = (failure: Failure) => explainZone(zone)(failure) ?? explainUaa(of)(failure);
    return { send: withStatusErrors(withZone(door, zone), explain), uaa: of.uaa };
  });
  const uaaResource = <T>(
    load: () => Promise<(send: Send, uaa: string) => T>,
  ): (() => Promise<T>) =>
    once(async () => {
      const [create, at] = await Promise.all([load(), uaa()]);
      return create(at.send, at.uaa);
    });
  const users = uaaResource(async () => (await import('./uaa/users.js')).createUsers);
  const groups = uaaResource(async () => (await import('./uaa/groups.js')).createGroups);

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
    browserLogin,
    postedCredentials: async (client) =>
      (await import('./auth/posted-credentials.js')).createPostedCredentials({
        ...client,
        send: await send(client),
        clock,
      }),
    userOf: async (target, token) => {
      const [{ createUserinfo }, { withStatusErrors }, { withBearer }, door] = await Promise.all([
        import('./uaa/userinfo.js'),
        import('./http/status-error.js'),
        import('./http/bearer.js'),
        send(target),
      ]);
      const accessToken = () => Promise.resolve(token);
      const signed = withBearer(door, { accessToken, hosts: [target.uaa] });
      return createUserinfo(withStatusErrors(signed), target.uaa).get();
    },
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
    clustersOf: async (name) => {
      const [{ createClusters }, { send: door, api }] = await Promise.all([
        import('./pks/clusters.js'),
        pksOf(await choose(false, name)),
      ]);
      return createClusters(door, api);
    },
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
    tokenCheck: async (target) =>
      (await import('./uaa/check-token.js')).createTokenCheck(await open(target), target.uaa),
    givenKey: async () => (await import('./uaa/given-key.js')).createGivenKey(),
    tokenRecords: uaaResource(
      async () => (await import('./uaa/token-records.js')).createTokenRecords,
    ),
    signingKeys: async (target) =>
      (await import('./uaa/signing-key.js')).createSigningKeys(await open(target), target.uaa),
    passwordStrength: async (target) =>
      (await import('./uaa/password-strength.js')).createPasswordStrength(
        await open(target),
        target.uaa,
      ),
    users,
    userUpdates: once(async () => {
      const [{ createUserUpdates }, at, all] = await Promise.all([
        import('./uaa/user-updates.js'),
        uaa(),
        users(),
      ]);
      const pause = (tries: number) => clock.sleep(Math.random() * tries * collisionMilliseconds);
      return createUserUpdates({ ...at, users: all, pause });
    }),
    userAccounts: once(async () => {
      const [{ createUserAccounts }, at, all] = await Promise.all([
        import('./uaa/user-accounts.js'),
        uaa(),
        users(),
      ]);
      return createUserAccounts({ ...at, users: all });
    }),
    userIds: uaaResource(async () => (await import('./uaa/user-ids.js')).createUserIds),
    directory: uaaResource(async () => (await import('./uaa/directory.js')).createDirectory),
    nameChecks: once(async () => (await import('./uaa/name-checks.js')).createNameChecks()),
    groups,
    clients: uaaResource(async () => (await import('./uaa/clients.js')).createClients),
    clientSecrets: uaaResource(
      async () => (await import('./uaa/client-secrets.js')).createClientSecrets,
    ),
    clientJwts: uaaResource(async () => (await import('./uaa/client-jwts.js')).createClientJwts),
    members: uaaResource(async () => (await import('./uaa/members.js')).createMembers),
    mappings: once(async () => {
      const [{ createMappings }, at, all] = await Promise.all([
        import('./uaa/mappings.js'),
        uaa(),
        groups(),
      ]);
      return createMappings({ ...at, groups: all });
    }),
    userinfo: uaaResource(async () => (await import('./uaa/userinfo.js')).createUserinfo),
    identityProviders: uaaResource(
      async () => (await import('./uaa/identity-providers.js')).createIdentityProviders,
    ),
    identityZones: uaaResource(
      async () => (await import('./uaa/identity-zones.js')).createIdentityZones,
    ),
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
