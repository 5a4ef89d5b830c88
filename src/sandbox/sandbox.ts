import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBroker } from './broker/broker.js';
import { createClusterState } from './broker/clusters.js';
import { generatedClusters, seedClusters } from './broker/seed.js';
import { listen, type Listening } from './listen.js';
import { createRequestLog, type RequestLog } from './log.js';
import { createApi } from './pks/api.js';
import { createBrokerAccess, type BrokerAccess } from './pks/broker-access.js';
import type { TokenCheck } from './pks/caller.js';
import { certificatesIn, type Certificates } from './tls.js';
import { createUaa, type Uaa } from './uaa/uaa.js';

export interface SandboxOptions {
  /** 0 = any free one. */
  readonly apiPort?: number | undefined;
  readonly uaaPort?: number | undefined;
  /** Where the certificates lie; a temporary folder if absent, which goes at the end. */
  readonly dir?: string | undefined;
  /** Base URL of a UAA of somebody else's to stand before, instead of the built-in one. */
  readonly uaa?: string | undefined;
  /** Path of that UAA's authority, PEM. */
  readonly uaaCa?: string | undefined;
  /** Secret of `pks_client` at that UAA. */
  readonly pksClientSecret?: string | undefined;
  readonly tokenSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  /** Each refresh brings a new refresh token, and the old one is dead. */
  readonly rotateRefresh?: boolean | undefined;
  /** File for one JSON line a request. */
  readonly log?: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  /** How far the servers' clock is ahead of `now`. */
  readonly clockOffsetSeconds?: number | undefined;
  /** So many clusters more, for measuring. */
  readonly clusters?: number | undefined;
  /** How long the cluster that is being created takes. */
  readonly provisionSeconds?: number | undefined;
}

export interface Sandbox {
  readonly api: string;
  readonly uaa: string;
  /** Path of the authority's certificate. */
  readonly caCert: string;
  readonly users: readonly {
    readonly name: string;
    readonly password: string;
    readonly scopes: readonly string[];
  }[];
  readonly clients: readonly { readonly id: string; readonly secret: string }[];
  /** Of the client `pks_client`, the API's own: for who wants to check tokens as the API does. */
  readonly pksClientSecret: string;
  readonly close: () => Promise<void>;
}

/** The secret that `pks_client` has at a foreign UAA, unless it is told. */
const usualClientSecret = 'pks_client-secret';

/**
 * Starts UAA, API and broker on this machine. They meet on the wire alone.
 * @throws {Error} when a port is taken; it says which flag to use.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now: realNow = Date.now, clockOffsetSeconds = 0 } = options;
  const now = (): number => realNow() + clockOffsetSeconds * 1000;
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'tpks-sandbox-'));
  const log = createRequestLog(options.log);
  const open: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((server) => server.close()));
    log.close();
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  };
  try {
    const parts: Parts = { options, now, log, certificates: await certificatesIn(dir), open };
    const { users, clients, tokens } =
      options.uaa === undefined ? await builtInUaa(parts) : foreignUaa(options.uaa, options);
    const { origin } = await startApi(parts, await startBroker(parts), tokens);
    const { caPath } = parts.certificates;
    const { uaa, clientSecret: pksClientSecret } = tokens;
    return { api: origin, uaa, caCert: caPath, users, clients, pksClientSecret, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly options: SandboxOptions;
  readonly now: () => number;
  readonly log: RequestLog;
  readonly certificates: Certificates;
  /** Servers to close at the end; each start adds its own. */
  readonly open: Listening[];
}

interface RunningUaa extends Pick<Sandbox, 'users' | 'clients'> {
  readonly tokens: TokenCheck;
}

async function builtInUaa({ options, now, log, certificates, open }: Parts): Promise<RunningUaa> {
  const { uaaPort = 8443, tokenSeconds, refreshSeconds, rotateRefresh } = options;
  // The issuer has the port in it, which is known only once the server listens.
  const built: { uaa?: Uaa } = {};
  const server = await listen({
    port: uaaPort,
    portFlag: '--uaa-port',
    certificates,
    now,
    handle: log.around('uaa', async (request) => {
      if (built.uaa === undefined) throw new Error('the UAA is still starting');
      return built.uaa.handle(request);
    }),
  });
  open.push(server);
  const uaa = await createUaa({
    issuer: server.origin,
    now,
    ...(tokenSeconds === undefined ? {} : { tokenSeconds }),
    ...(refreshSeconds === undefined ? {} : { refreshSeconds }),
    ...(rotateRefresh === undefined ? {} : { rotateRefresh }),
  });
  built.uaa = uaa;
  const clientSecret = uaa.pksClientSecret;
  const uaaCa = certificates.ca;
  return {
    ...uaa.accounts,
    tokens: { uaa: server.origin, uaaCa, clientId: 'pks_client', clientSecret },
  };
}

/** Who can log in at somebody else's UAA is not ours to tell. */
function foreignUaa(url: string, { uaaCa, pksClientSecret }: SandboxOptions): RunningUaa {
  return {
    users: [],
    clients: [],
    tokens: {
      uaa: url.replace(/\/+$/, ''),
      uaaCa: uaaCa === undefined ? undefined : readFileSync(uaaCa, 'utf8'),
      clientId: 'pks_client',
      clientSecret: pksClientSecret ?? usualClientSecret,
    },
  };
}

async function startBroker({ options, now, log, open }: Parts): Promise<BrokerAccess> {
  const { provisionSeconds = 120, clusters = 0 } = options;
  const credentials = { username: 'pks-api', password: randomBytes(18).toString('base64url') };
  const seed = [...seedClusters(now(), provisionSeconds), ...generatedClusters(clusters)];
  const server = await listen({
    port: 0,
    portFlag: 'a free port',
    now,
    handle: log.around('broker', createBroker(createClusterState(seed, now), credentials)),
  });
  open.push(server);
  return createBrokerAccess(server.origin, credentials);
}

async function startApi(
  { options, now, log, certificates, open }: Parts,
  broker: BrokerAccess,
  tokens: TokenCheck,
): Promise<Listening> {
  const server = await listen({
    port: options.apiPort ?? 9021,
    portFlag: '--api-port',
    certificates,
    now,
    handle: log.around('api', createApi({ tokens, broker })),
  });
  open.push(server);
  return server;
}
