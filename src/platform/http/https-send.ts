import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createAgents } from './agents.js';
import { createDeadline } from './deadline.js';
import { parseEndpoint } from './endpoint.js';
import { describeCertificateProblem, toNetworkError } from './network-error.js';
import type { Proxy } from './proxy.js';
import { createResponse, findResponseProblem, protocolSwitchProblem } from './response.js';
import type { HttpRequest, HttpResponse, Send, Trust } from './send.js';
import { createTrustStages, type TrustDeps } from './trust-stages.js';
import { unexpectedResponseError } from './unexpected-response.js';

export interface HttpsSendDeps extends TrustDeps, Pick<Trust, 'trustCommand'> {
  /** Timeout of requests that do not set their own. */
  readonly timeoutSeconds: number;
  readonly proxy?: Proxy | undefined;
}

/**
 * Sends requests with node:https, which starts faster than any other client (see docs/contributing/decisions.md).
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
      const { statusCode: status = 0 } = incoming;
      const head = { status, headers: flattenHeaders(incoming.headers) };
      const problem = findResponseProblem(head, headers);
      if (problem !== undefined) {
        fail(unexpectedResponseError(url, problem, status));
        return;
      }
      // The caller does not read this body, but the connection is only released after it has been read.
      if (method === 'HEAD') incoming.resume().once('close', deadline.end);
      resolve(createResponse({ ...head, url, deadline, chunks: () => readIncoming(incoming) }));
    });
    outgoing.end(body);
  });
}

/** Servers send one or two of these before the response. */
const maximumInformational = 100;

async function* readIncoming(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  for await (const chunk of incoming) yield Buffer.from(chunk as Uint8Array);
  // The response of a destroyed request may end without an error.
  if (!incoming.complete) throw Object.assign(new Error('incomplete'), { code: 'ECONNRESET' });
}

function flattenHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
