import { Agent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Proxy } from './proxy.js';

export interface TrustDeps {
  /** PEM of the context's own CA. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  /** PEM of the system's CAs; called only when they are needed. */
  readonly systemRoots: () => readonly string[];
}

/**
 * Creates the agent of each stage of trust when it is needed, and keeps it for its open connections.
 * @param stages - from {@link createTrustStages}.
 */
export function createAgents(
  deps: TrustDeps,
  stages: readonly (() => string[])[],
  proxy?: Proxy,
): (stage: number) => Agent {
  const open = new Map<number, Agent>();
  return (stage) => {
    const agent = open.get(stage) ?? createAgent(deps, stages[stage]?.() ?? []);
    open.set(stage, agent);
    return proxy === undefined
      ? agent
      : Object.assign(agent, { createConnection: createTunnelConnection(proxy) });
  };
}

/** An agent's `createConnection` that goes through a proxy. */
function createTunnelConnection(proxy: Proxy) {
  return (
    options: ConnectionOptions & {
      readonly host: string;
      readonly port: number;
      readonly timeout: number;
    },
    done: (error: unknown, socket?: TLSSocket) => void,
  ): void => {
    proxy.connect(options.host, options.port, options.timeout).then((socket) => {
      done(null, connectTls({ ...options, socket }));
    }, done);
  };
}

/**
 * The certificates to trust, stage by stage. The given CA is tried on its own first, because parsing
 * the system's 150 CAs takes longer than a request.
 */
export function createTrustStages({
  caCert,
  skipTlsVerification,
  systemRoots,
}: TrustDeps): (() => string[])[] {
  if (skipTlsVerification) return [() => []];
  if (caCert === undefined) return [() => [...systemRoots()]];
  return [() => [caCert], () => [caCert, ...systemRoots()]];
}

/**
 * Closes an idle connection before the server does. A request that is sent while the server closes
 * gets no response, and the client cannot know whether it was processed.
 * @see RFC 9112, section 9.5
 */
class ShortIdleAgent extends Agent {
  /** @returns whether the socket may be used again; the declared type is `void`. */
  override keepSocketAlive(socket: Duplex): boolean {
    const keep = super.keepSocketAlive.bind(this) as (socket: Duplex) => boolean;
    const isKept = keep(socket);
    if (socket instanceof Socket) socket.setTimeout(idleMilliseconds);
    return isKept;
  }
}

/** Most servers and proxies wait for 5 s or longer, and no poll interval is close to this. */
const idleMilliseconds = 2800;

function createAgent({ skipTlsVerification }: TrustDeps, roots: string[]): Agent {
  return new ShortIdleAgent({
    keepAlive: true,
    rejectUnauthorized: !skipTlsVerification,
    ...(roots.length > 0 ? { ca: roots } : {}),
  });
}
