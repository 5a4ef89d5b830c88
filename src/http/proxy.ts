import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { TpksError } from '../errors.js';
import { parseEndpoint } from './end.js';
import { describeCertificateProblem } from './network-error.js';
import { isProxyBypassed } from './no-proxy.js';

/** A proxy that some hosts are reached through. */
export interface Proxy {
  /** Its address without credentials, for messages. */
  readonly origin: string;
  /**
   * Whether a host is reached through it.
   * @param host - in the form that sockets accept: IPv6 without brackets.
   */
  readonly isUsedFor: (host: string, port: number) => boolean;
  /**
   * Opens a tunnel through it to a host.
   * @param milliseconds - time limit for all of it.
   * @throws {TpksError} `unavailable` when the proxy refuses or takes longer; `untrusted` for its own
   *   certificate; the socket's own errors.
   * @see RFC 9110, section 9.3.6 (CONNECT)
   */
  readonly connect: (host: string, port: number, milliseconds: number) => Promise<Socket>;
}

export interface ProxyDeps {
  /** As in `HTTPS_PROXY`: a URL, optionally with credentials, or a host and a port. */
  readonly address: string;
  /** As in `NO_PROXY`: hosts that are contacted directly. */
  readonly noProxy: string;
  /** PEM of the system's CAs, for a proxy that speaks TLS itself. */
  readonly systemRoots: () => readonly string[];
}

/** @throws {TpksError} `usage` if the address is not valid. */
export function createProxy({ address, noProxy, systemRoots }: ProxyDeps): Proxy {
  const url = parseProxyUrl(address);
  const isTls = url.protocol === 'https:';
  const credentials = createBasicCredentials(url);
  return {
    origin: url.origin,
    isUsedFor: (host, port) => !isProxyBypassed(host, port, noProxy),
    connect: (host, port, milliseconds) => {
      const target = `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
      const request = (isTls ? httpsRequest : httpRequest)({
        // Includes the server name, which Node would take from the `Host` header otherwise.
        ...parseEndpoint(url.href),
        agent: false,
        method: 'CONNECT',
        path: target,
        headers: {
          host: target,
          ...(credentials === undefined ? {} : { 'proxy-authorization': credentials }),
        },
        // Read only if they are needed.
        ...(isTls ? { ca: [...systemRoots()] } : {}),
      });
      return openTunnel(request, { target, origin: url.origin, milliseconds });
    },
  };
}

interface Tunnel {
  /** The host behind the proxy, and its port. */
  readonly target: string;
  readonly origin: string;
  readonly milliseconds: number;
}

function openTunnel(
  request: ClientRequest,
  { target, origin, milliseconds }: Tunnel,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Limits the whole operation: a proxy that sends its response byte by byte is never idle.
    const timer = setTimeout(() => request.destroy(timeoutError(origin)), milliseconds);
    // Every way to end a request emits `close`: nothing may leave the promise pending.
    request.once('close', () => {
      clearTimeout(timer);
      reject(closedError(origin));
    });
    request.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        reject(rejectedError(target, statusCode));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      const problem = describeCertificateProblem(error);
      reject(problem === undefined ? error : untrustedError(origin, problem));
    });
    request.end();
  });
}

/** curl and Go accept a proxy without a scheme, so users omit it. */
function parseProxyUrl(typed: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw invalidAddressError();
}

/** @see RFC 7617 */
function createBasicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    throw invalidAddressError();
  }
}

/** The value is not repeated, because it may contain credentials. */
function invalidAddressError(): TpksError {
  return new TpksError('usage', 'HTTPS_PROXY is not the address of a proxy', {
    hint: 'set it as in HTTPS_PROXY=http://proxy.example.com:3128, or unset it',
  });
}

function rejectedError(target: string, status: number): TpksError {
  return new TpksError(
    'unavailable',
    `The proxy refused the connection to ${target}: HTTP ${String(status)}`,
    { hint: 'check HTTPS_PROXY and its credentials, or add the host to NO_PROXY' },
  );
}

function closedError(origin: string): TpksError {
  return new TpksError(
    'unavailable',
    `The proxy ${origin} closed the connection without a response`,
    { hint: 'check HTTPS_PROXY, then try again' },
  );
}

function timeoutError(origin: string): TpksError {
  return new TpksError('unavailable', `The proxy ${origin} did not answer in time`, {
    hint: 'try again, or allow more time with --timeout SECONDS',
  });
}

function untrustedError(origin: string, problem: string): TpksError {
  return new TpksError('untrusted', `The certificate of the proxy ${origin} ${problem}`, {
    hint: 'nothing was sent; name a file with its CA in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS',
  });
}
