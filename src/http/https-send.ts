import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createAgents, createTrustStages, type TrustDeps } from './agents.js';
import { readText } from './body.js';
import { createDeadline, type Deadline } from './deadline.js';
import { parseEndpoint } from './endpoint.js';
import { describeCertificateProblem, toNetworkError } from './network-error.js';
import type { Proxy } from './proxy.js';
import type { HttpRequest, HttpResponse, Send, Trust } from './send.js';
import { unexpectedResponseError } from './unexpected-response.js';

export interface HttpsSendDeps extends TrustDeps, Pick<Trust, 'trustCommand'> {
  /** Timeout of requests that do not set their own. */
  readonly timeoutSeconds: number;
  readonly proxy?: Proxy | undefined;
}

/**
 * Sends requests with node:https, which starts faster than any other client (see docs/decisions.md).
 * It does not follow redirects but returns them like any other response.
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
      const usedStage = stage;
      try {
        return await sendOnce(request, agent(usedStage), timeoutSeconds);
      } catch (error) {
        if (describeCertificateProblem(error) === undefined) {
          throw toNetworkError(error, request.url, proxy?.origin);
        }
        // The handshake failed, so nothing was sent. Retry if the next stage may trust the issuer.
        if (usedStage + 1 < stages.length) stage = Math.max(stage, usedStage + 1);
        else {
          const { toUntrustedError } = await import('./untrusted-certificate.js');
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
      fail(unexpectedResponseError(url, protocolSwitchProblem, 101));
    });
    let informationalCount = 0;
    outgoing.on('information', ({ statusCode: status }) => {
      informationalCount += 1;
      if (informationalCount <= maximumInformational) return;
      fail(
        unexpectedResponseError(url, `too many informational responses (HTTP ${String(status)})`),
      );
    });
    outgoing.once('response', (incoming) => {
      const problem = findResponseProblem(incoming, headers);
      if (problem !== undefined) {
        fail(unexpectedResponseError(url, problem, incoming.statusCode));
        return;
      }
      // The caller does not read this body, but the connection is only released after it has been read.
      if (method === 'HEAD') incoming.resume().once('close', deadline.end);
      resolve(toResponse(incoming, url, deadline));
    });
    outgoing.end(body);
  });
}

/** Servers send one or two of these before the response. */
const maximumInformational = 100;

/**
 * Returns why a response cannot be used for any request, or `undefined`. tpks does not accept content
 * codings, so that a small response cannot decompress to gigabytes. Only `tpks curl` can request one,
 * and it prints the encoded body unchanged.
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
  return `the response is encoded with ${encoding}`;
}

const protocolSwitchProblem = 'it switched protocols (HTTP 101)';

/** Minimum number of bytes of a streamed body that must arrive within each timeout. */
const minimumStreamedBytes = 16 * 1024;

function toResponse(incoming: IncomingMessage, url: string, deadline: Deadline): HttpResponse {
  const readChunks = async function* (minimumBytes: number): AsyncIterable<Uint8Array> {
    let arrivedBytes = 0;
    try {
      for await (const chunk of incoming) {
        const bytes = Buffer.from(chunk as Uint8Array);
        arrivedBytes += bytes.length;
        // The reader may be slow, e.g. a pager that waits for a key.
        deadline.pause();
        yield bytes;
        if (arrivedBytes < minimumBytes) deadline.resume();
        else {
          arrivedBytes = 0;
          deadline.extend();
        }
      }
      // The response of a destroyed request may end without an error.
      if (!incoming.complete) throw Object.assign(new Error('incomplete'), { code: 'ECONNRESET' });
    } catch (error) {
      throw deadline.timeoutError() ?? toNetworkError(error, url);
    } finally {
      deadline.end();
    }
  };
  return {
    status: incoming.statusCode ?? 0,
    headers: flattenHeaders(incoming.headers),
    text: () => readText(readChunks(Number.POSITIVE_INFINITY), new URL(url).host),
    stream: () => readChunks(minimumStreamedBytes),
  };
}

function flattenHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
