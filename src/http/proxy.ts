import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { TpksError } from '../errors.js';
import { certificateProblem } from './network-error.js';
import { isDirect } from './no-proxy.js';

/** A proxy on the way to some hosts. */
export interface Proxy {
  /** Its address without credentials, for people. */
  readonly origin: string;
  /**
   * Whether a host is reached through it.
   * @param host - as a socket takes it: IPv6 without brackets.
   */
  readonly serves: (host: string, port: number) => boolean;
  /**
   * Opens a way through it to a host, which hears nothing of the proxy.
   * @throws {TpksError} `unavailable` when it refuses; `untrusted` for its own certificate; the
   *   socket's own errors.
   * @see RFC 9110, section 9.3.6 (CONNECT)
   */
  readonly connect: (host: string, port: number) => Promise<Socket>;
}

export interface ProxyDeps {
  /** As in `HTTPS_PROXY`: a URL, maybe with credentials, or a host and a port. */
  readonly address: string;
  /** As in `NO_PROXY`: hosts that are asked directly. */
  readonly noProxy: string;
  /** How long it may take to answer. */
  readonly timeoutSeconds: number;
  /** PEM of the system's authorities, for a proxy that speaks TLS itself. */
  readonly systemRoots: () => readonly string[];
}

/** @throws {TpksError} `usage` when the address is none. */
export function createProxy(deps: ProxyDeps): Proxy {
  const url = toUrl(deps.address);
  const options = optionsFor(url, deps);
  return {
    origin: url.origin,
    serves: (host, port) => !isDirect(host, port, deps.noProxy),
    connect: (host, port) => {
      const target = `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
      return openTunnel(target, url, options());
    },
  };
}

function openTunnel(target: string, proxy: URL, options: Way): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      ...options,
      method: 'CONNECT',
      path: target,
      headers: { ...options.headers, host: target },
    });
    request.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        reject(refused(target, statusCode));
        return;
      }
      // What comes from here on has a deadline of its own.
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on('timeout', () => request.destroy(tooSlow(proxy.origin)));
    request.on('error', (error) => {
      const problem = certificateProblem(error);
      reject(problem === undefined ? error : untrusted(proxy.origin, problem));
    });
    request.end();
  });
}

/** Curl and Go take a proxy without its scheme, so people write it so. */
function toUrl(typed: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw noProxyAddress();
}

/** How the proxy itself is reached. */
interface Way extends RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
}

/** The system's authorities are read only where they are needed. */
function optionsFor(url: URL, { timeoutSeconds, systemRoots }: ProxyDeps): () => Way {
  const isTls = url.protocol === 'https:';
  const credentials = basic(url);
  return () => ({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (isTls ? 443 : 80),
    agent: false,
    timeout: timeoutSeconds * 1000,
    headers: credentials === undefined ? {} : { 'proxy-authorization': credentials },
    ...(isTls ? { ca: [...systemRoots()] } : {}),
  });
}

/** @see RFC 7617 */
function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    throw noProxyAddress();
  }
}

/** What was typed is not repeated: credentials may stand in it. */
function noProxyAddress(): TpksError {
  return new TpksError('usage', 'HTTPS_PROXY is not the address of a proxy', {
    hint: 'give it as in HTTPS_PROXY=http://proxy.example.com:3128, or unset it',
  });
}

function refused(target: string, status: number): TpksError {
  return new TpksError(
    'unavailable',
    `The proxy refused the connection to ${target}: HTTP ${String(status)}`,
    { hint: 'check HTTPS_PROXY and its credentials, or add the host to NO_PROXY' },
  );
}

function tooSlow(origin: string): TpksError {
  return new TpksError('unavailable', `The proxy ${origin} did not answer in time`, {
    hint: 'try again, or allow more time with --timeout SECONDS',
  });
}

function untrusted(origin: string, problem: string): TpksError {
  return new TpksError('untrusted', `The certificate of the proxy ${origin} ${problem}`, {
    hint: 'nothing was sent; name a file with its CA in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS',
  });
}
