import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createAgents, createTrustStages, type TrustDeps } from './agents.js';
import { readText } from './body.js';
import { createDeadline, type Deadline } from './deadline.js';
import { parseEndpoint } from './end.js';
import { describeCertificateProblem, toNetworkError } from './network-error.js';
import type { Proxy } from './proxy.js';
import type { HttpRequest, HttpResponse, Send, Trust } from './send.js';
import { unexpectedResponseError } from './unexpected.js';

export interface HttpsSendDeps extends TrustDeps, Pick<Trust, 'trustCommand'> {
  /** For requests without a timeout of their own. */
  readonly timeoutSeconds: number;
  readonly proxy?: Proxy | undefined;
}

/**
 * Sends over node:https, which starts faster than any other client (see docs/decisions.md). It does
 * not follow redirects: they are returned like any other response.
 */
export function createHttpsSend(deps: HttpsSendDeps): Send {
  const stages = createTrustStages(deps);
  const direct = createAgents(deps, stages);
  const proxied = createAgents(deps, stages, deps.proxy);
  let stage = 0;
  return async (request) => {
    const timeoutSeconds = request.timeoutSeconds ?? deps.timeoutSeconds;
    const { host, port } = parseEndpoint(request.url);
    const proxy = deps.proxy?.isUsedFor(host, port) === true ? deps.proxy : undefined;
    const agent = proxy === undefined ? direct : proxied;
    for (;;) {
      const used = stage;
      try {
        return await sendOnce(request, agent(used), timeoutSeconds);
      } catch (error) {
        if (describeCertificateProblem(error) === undefined) {
          throw toNetworkError(error, request.url, proxy?.origin);
        }
        // The handshake failed, so nothing was sent. The system's CAs may include the issuer.
        if (used + 1 < stages.length) stage = Math.max(stage, used + 1);
        else {
          const { toUntrustedError } = await import('./untrusted.js');
          throw await toUntrustedError(error, request.url, { ...deps, proxy });
        }
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
      // Otherwise Node would expect the certificate of the host in the `Host` header.
      servername: parseEndpoint(url).servername,
      // For the connection through a proxy; the deadline limits everything else.
      timeout: timeoutSeconds * 1000,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    const fail = (error: Error): void => {
      deadline.end();
      // A request that has no connection yet does not emit the error.
      reject(error);
      outgoing.destroy(error);
    };
    const deadline = createDeadline(url, timeoutSeconds, fail);
    // Not `once`: errors after the response are reported by its body, but must have a listener.
    // Nothing is destroyed here, because that would discard a body that has already arrived.
    outgoing.on('error', (error) => {
      deadline.end();
      reject(error);
    });
    // Every way to end a request emits `close`: nothing may leave the promise pending.
    outgoing.once('close', () => {
      reject(unexpectedResponseError(url, 'the connection was closed without a response'));
    });
    outgoing.once('upgrade', (_incoming, socket: Duplex) => {
      socket.destroy();
      fail(unexpectedResponseError(url, protocolSwitchProblem, 101));
    });
    let informational = 0;
    outgoing.on('information', ({ statusCode: status }) => {
      informational += 1;
      if (informational <= maximumInformational) return;
      fail(
        unexpectedResponseError(url, `endless informational responses (HTTP ${String(status)})`),
      );
    });
    outgoing.once('response', (incoming) => {
      const problem = findResponseProblem(incoming, headers);
      if (problem !== undefined) {
        fail(unexpectedResponseError(url, problem, incoming.statusCode));
        return;
      }
      // The caller reads no body, but the connection is only released once it is read.
      if (method === 'HEAD') incoming.resume().once('close', deadline.end);
      resolve(toResponse(incoming, url, deadline));
    });
    outgoing.end(body);
  });
}

/** Servers send one or two of these before the response. */
const maximumInformational = 100;

/**
 * Why a response cannot be used, no matter what the request was. tpks accepts no content coding, so that
 * a small response cannot unpack to gigabytes; only `tpks curl` can request one, and prints it
 * unchanged.
 * @see RFC 9110, sections 8.4 and 15
 */
function findResponseProblem(
  { statusCode = 0, headers }: IncomingMessage,
  requested: Readonly<Record<string, string>>,
): string | undefined {
  if (statusCode === 101) return protocolSwitchProblem;
  if (statusCode < 200 || statusCode > 599) return `HTTP ${String(statusCode)}`;
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isPlain = encoding === '' || encoding === 'identity';
  if (isPlain || requested['accept-encoding'] !== undefined) return undefined;
  return `the response is encoded as ${encoding}`;
}

const protocolSwitchProblem = 'it switches protocols (HTTP 101)';

/** Bytes of a streamed body that must arrive within each timeout. */
const minimumStreamedBytes = 16 * 1024;

function toResponse(incoming: IncomingMessage, url: string, deadline: Deadline): HttpResponse {
  const chunks = async function* (leastBytes: number): AsyncIterable<Uint8Array> {
    let arrived = 0;
    try {
      for await (const chunk of incoming) {
        const bytes = Buffer.from(chunk as Uint8Array);
        arrived += bytes.length;
        // A reader may be slow, e.g. a pager that waits for a key.
        deadline.pause();
        yield bytes;
        if (arrived < leastBytes) deadline.resume();
        else {
          arrived = 0;
          deadline.extend();
        }
      }
      // A destroyed request may end its response without an error.
      if (!incoming.complete) throw Object.assign(new Error('incomplete'), { code: 'ECONNRESET' });
    } catch (error) {
      throw deadline.expired() ?? toNetworkError(error, url);
    } finally {
      deadline.end();
    }
  };
  return {
    status: incoming.statusCode ?? 0,
    headers: flattenHeaders(incoming.headers),
    text: () => readText(chunks(Number.POSITIVE_INFINITY), new URL(url).host),
    stream: () => chunks(minimumStreamedBytes),
  };
}

function flattenHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
