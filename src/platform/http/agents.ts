import { Agent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Proxy } from './proxy.js';
import type { TrustDeps } from './trust-stages.js';
import { verifyHost } from './verify-host.js';

/**
 * Creates one agent per trust stage, on first use, and reuses it to keep connections open.
 * @param stages - from `createTrustStages`.
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

/** Returns a `createConnection` function for an agent that connects through a proxy. */
function createTunnelConnection(proxy: Proxy) {
  return (
    options: ConnectionOptions & {
      readonly host: string;
      readonly port: number;
      readonly timeout: number;
    },
    callback: (error: unknown, socket?: TLSSocket) => void,
  ): void => {
    proxy.connect(options.host, options.port, options.timeout).then((socket) => {
      callback(null, connectTls({ ...options, socket }));
    }, callback);
  };
}

/**
 * Closes idle connections before the server does. A request that is sent while the server closes the
 * connection gets no response, and the client cannot know whether it was processed.
 * @see RFC 9112, section 9.5
 */
class ShortIdleAgent extends Agent {
  /** @returns whether the socket may be reused; Node's types wrongly declare `void`. */
  override keepSocketAlive(socket: Duplex): boolean {
    const keep = super.keepSocketAlive.bind(this) as (socket: Duplex) => boolean;
    const isKept = keep(socket);
    if (socket instanceof Socket) socket.setTimeout(idleMilliseconds);
    return isKept;
  }
}

/**
 * Most servers and proxies close idle connections after 5 s or more. No poll interval of tpks is close
 * to this value.
 */
const idleMilliseconds = 2800;

function createAgent({ skipTlsVerification }: TrustDeps, roots: string[]): Agent {
  return new ShortIdleAgent({
    keepAlive: true,
    rejectUnauthorized: !skipTlsVerification,
    // If it were an option of each request, Node 22 and later would not reuse connections.
    checkServerIdentity: verifyHost,
    ...(roots.length > 0 ? { ca: roots } : {}),
  });
}
