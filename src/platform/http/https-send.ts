import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { codedError, describeCertificateProblem, toNetworkError } from './network-error.js';
import type { Proxy } from './proxy.js';
import {
  createResponse,
  findResponseError,
  protocolSwitchError,
  unexpectedResponseError,
} from './response.js';
import type { HttpRequest, HttpResponse, Send, TrustHints } from './send.js';
import { createDeadline } from './time-limits.js';
import {
  createTrustStages,
  parseEndpoint,
  verifyHost,
  type TrustDeps,
} from './certificate-authorities.js';
import { toUntrustedError, type UntrustedOptions } from './untrusted-error.js';

export interface HttpsSendDeps extends TrustDeps, TrustHints, Pick<UntrustedOptions, 'caVariable'> {
  /** Timeout of requests that do not set their own. */
  readonly timeoutSeconds: number;
  readonly proxy?: Proxy | undefined;
}

/**
 * Sends requests with node:https, which starts faster than other clients (see
 * docs/contributing/decisions.md). Returns redirects like any other response.
 */
export function createHttpsSend(deps: HttpsSendDeps): Send {
  const stages = createTrustStages(deps);
  const getDirectAgent = createAgents(deps, stages);
  const getProxiedAgent = createAgents(deps, stages, deps.proxy);
  let stage = 0;
  return async (request) => {
    const timeoutSeconds = request.timeoutSeconds ?? deps.timeoutSeconds;
    const { host, port } = parseEndpoint(request.url);
    const proxy = deps.proxy?.isUsedFor(host, port) === true ? deps.proxy : undefined;
    const getAgent = proxy === undefined ? getDirectAgent : getProxiedAgent;
    for (;;) {
      const usedStage = stage;
      try {
        return await sendOnce(request, getAgent(usedStage), timeoutSeconds);
      } catch (error) {
        if (describeCertificateProblem(error) === undefined) {
          throw toNetworkError(error, request.url, proxy?.origin);
        }
        if (usedStage + 1 === stages.length) {
          throw await toUntrustedError(error, request.url, { ...deps, proxy });
        }
        // The handshake failed, so nothing was sent. Retry, because the next stage may trust the issuer.
        stage = Math.max(stage, usedStage + 1);
      }
    }
  };
}

function sendOnce(
  request: HttpRequest,
  agent: Agent,
  timeoutSeconds: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, headers = {}, body } = request;
    const outgoing = httpsRequest(url, {
      method,
      agent,
      // Otherwise Node would verify the certificate against the host in the `Host` header.
      servername: parseEndpoint(url).servername,
      // Limits the connection through a proxy; the deadline limits everything else.
      timeout: timeoutSeconds * 1000,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    const fail = (error: Error): void => {
      deadline.end();
      // A request without a connection does not emit the error.
      reject(error);
      outgoing.destroy(error);
    };
    const deadline = createDeadline(request, timeoutSeconds, fail);
    // Not `once`: the response body reports later errors, but Node requires a listener for them.
    // Destroying the request here would discard a body that has already arrived.
    outgoing.on('error', (error) => {
      deadline.end();
      reject(error);
    });
    // Every request emits `close` at its end, so this settles the promise in all remaining cases.
    outgoing.once('close', () => {
      reject(unexpectedResponseError(url, 'the connection was closed without a response'));
    });
    outgoing.once('upgrade', (_incoming, socket: Duplex) => {
      socket.destroy();
      fail(protocolSwitchError(url));
    });
    outgoing.once('response', (incoming) => {
      const { statusCode: status = 0 } = incoming;
      const head = { status, headers: flattenHeaders(incoming.headers) };
      const error = findResponseError(head, request);
      if (error !== undefined) {
        fail(error);
        return;
      }
      // The caller does not read this body, but the connection is only released after it has been read.
      if (method === 'HEAD') incoming.resume().once('close', deadline.end);
      resolve(createResponse({ ...head, url, deadline, chunks: () => readIncoming(incoming) }));
    });
    outgoing.end(body);
  });
}

async function* readIncoming(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  for await (const chunk of incoming) yield Buffer.from(chunk as Uint8Array);
  // The response of a destroyed request may end without an error.
  if (!incoming.complete) throw codedError('ECONNRESET');
}

function flattenHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Creates one agent per trust stage, on first use, and reuses it to keep connections open. */
function createAgents(
  deps: TrustDeps,
  stages: readonly (() => string[])[],
  proxy?: Proxy,
): (stage: number) => Agent {
  const agents = new Map<number, Agent>();
  return (stage) => {
    const agent = agents.get(stage) ?? createAgent(deps, stages[stage]?.() ?? [], proxy);
    agents.set(stage, agent);
    return agent;
  };
}

function createAgent(
  { skipTlsVerification }: TrustDeps,
  roots: string[],
  proxy: Proxy | undefined,
): Agent {
  const agent = new ShortIdleAgent({
    keepAlive: true,
    rejectUnauthorized: !skipTlsVerification,
    // If it were an option of each request, Node 22 and later would not reuse connections.
    checkServerIdentity: verifyHost,
    ...(roots.length > 0 ? { ca: roots } : {}),
  });
  return proxy === undefined
    ? agent
    : Object.assign(agent, { createConnection: createTunnelConnection(proxy) });
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
 * Closes idle connections before the server does: otherwise, it is unknown whether a request was processed.
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

/** Most servers and proxies wait 5 s or more. No poll interval of tpks is close to this value. */
const idleMilliseconds = 2800;
