import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket, BlockList } from 'node:net';
import { timeLimitCode, TpksError } from '../../base/errors.js';
import {
  findProxyVariables,
  type Environment,
  type ProxyVariables,
} from '../config/environment.js';
import { codedError, describeCertificateProblem, findNameHint } from './network-error.js';
import {
  parseEndpoint,
  readSystemRoots,
  verifyHost,
  type Tunnel,
} from './certificate-authorities.js';

/** An HTTP proxy and the rules for when to use it. */
export interface Proxy extends Tunnel {
  /** Address of the proxy without credentials, for messages. */
  readonly origin: string;
  /** Whether connections to a host use the proxy. An IPv6 address has no brackets. */
  readonly isUsedFor: (host: string, port: number) => boolean;
}

/** A proxy, and the variable that sets it. */
export type EnvironmentProxy = Proxy & Pick<ProxyVariables, 'variable'>;

/**
 * Creates the proxy that is set in the environment. @returns `undefined` if none is set
 * @throws {TpksError} `usage` if the address is invalid
 */
export function findProxy(env: Environment): EnvironmentProxy | undefined {
  const variables = findProxyVariables(env);
  if (variables === undefined) return undefined;
  const proxy = createProxy({ ...variables, systemRoots: () => readSystemRoots(env) });
  return { ...proxy, variable: variables.variable };
}

/** Like `findProxy`. Also returns `undefined` if connections to this URL bypass the proxy. */
export function findProxyFor(url: string, env: Environment): EnvironmentProxy | undefined {
  const proxy = findProxy(env);
  const { host, port } = parseEndpoint(url);
  return proxy?.isUsedFor(host, port) === true ? proxy : undefined;
}

interface ProxyDeps {
  /** Value of `HTTPS_PROXY`: a URL, optionally with credentials, or a host and a port. */
  readonly address: string;
  /** Value of `NO_PROXY`: hosts to connect to directly. */
  readonly noProxy: string;
  /** Reads the system CA certificates (PEM), for a proxy with an https URL. */
  readonly systemRoots: () => readonly string[];
}

/** @throws {TpksError} `usage` if the address is invalid. */
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
        // Includes the server name, because otherwise Node would use the `Host` header.
        ...parseEndpoint(url.href),
        agent: false,
        method: 'CONNECT',
        path: target,
        headers: {
          host: target,
          ...(credentials === undefined ? {} : { 'proxy-authorization': credentials }),
        },
        ...(isTls
          ? {
              // Reading the CAs takes time, so read them only if the proxy uses TLS.
              ca: [...systemRoots()],
              // Otherwise, NODE_TLS_REJECT_UNAUTHORIZED could turn off the verification.
              rejectUnauthorized: true,
              checkServerIdentity: verifyHost,
            }
          : {}),
      });
      return openTunnel(request, target, url.origin, milliseconds);
    },
  };
}

/** @param target - host and port to connect to, e.g. `api.example.com:9021`. */
function openTunnel(
  request: ClientRequest,
  target: string,
  origin: string,
  milliseconds: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Limits the total time. A proxy that sends its response byte by byte would never be idle.
    const timer = setTimeout(() => {
      const message = `The proxy ${origin} did not respond within ${String(milliseconds / 1000)} s`;
      const hint =
        'try again, or allow more time with --timeout SECONDS; nothing was sent to the server';
      request.destroy(proxyError(origin, message, hint, codedError(timeLimitCode)));
    }, milliseconds);
    // Every request emits `close` at its end, so this settles the promise in all remaining cases.
    request.once('close', () => {
      clearTimeout(timer);
      const message = `The proxy ${origin} closed the connection without a response`;
      reject(proxyError(origin, message, 'check HTTPS_PROXY, then try again'));
    });
    request.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        const message = `The proxy rejected the connection to ${target}: HTTP ${String(statusCode)}`;
        const hint = 'check HTTPS_PROXY and its credentials, or add the host to NO_PROXY';
        reject(proxyError(origin, message, hint));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      const problem = describeCertificateProblem(error);
      reject(problem === undefined ? error : untrustedError(origin, problem, error));
    });
    request.end();
  });
}

/** The scheme is optional, as in curl and Go. */
function parseProxyUrl(address: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `http://${address}`;
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

/** The message does not contain the value, because it may include credentials. */
function invalidAddressError(): TpksError {
  return new TpksError('usage', 'Invalid value for HTTPS_PROXY', {
    hint: 'set it to a URL, e.g. HTTPS_PROXY=http://proxy.example.com:3128, or unset it',
  });
}

function proxyError(origin: string, message: string, hint: string, cause?: Error): TpksError {
  return new TpksError('unavailable', message, { hint, host: new URL(origin).host, cause });
}

function untrustedError(origin: string, problem: string, error: unknown): TpksError {
  const hint =
    findNameHint(error, parseEndpoint(origin).host, 'proxy') ??
    'set SSL_CERT_FILE or NODE_EXTRA_CA_CERTS to a file that contains its CA';
  return new TpksError('untrusted', `The certificate of the proxy ${origin} ${problem}`, {
    hint: `${hint}; nothing was sent`,
  });
}

/**
 * Whether connections to a host bypass the proxy, by the rules of Go, in which `pks` and `kubectl` are
 * written. Connections to this machine never use the proxy. An entry of `noProxy` is a domain (with its
 * subdomains; with a leading dot, only these), an IP address or an address range, optionally with a port,
 * or `*` for all hosts.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function isProxyBypassed(host: string, port: number, noProxy: string): boolean {
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || isWithin(host, '::1')) return true;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || isMatchedBy(entry, host, port));
}

function isMatchedBy(entry: string, host: string, port: number): boolean {
  // An entry with more than one colon is an IPv6 address, whose last part is not a port.
  const [, hostPart, portPart] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (portPart !== undefined && Number(portPart) !== port) return false;
  const name = (hostPart ?? entry).replace(/^\[(.+)\]$/, '$1');
  if (isIP(host) !== 0) return isWithin(host, name);
  const domain = name.replace(/^\*?(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : `.${host}`.endsWith(`.${domain}`);
}

/** @param range - an IP address, optionally followed by a slash and a prefix length. */
function isWithin(host: string, range: string): boolean {
  const [address = '', bits] = range.split('/', 2);
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const addressBits = family === 4 ? 32 : 128;
  const prefix =
    bits === undefined ? addressBits : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (prefix > addressBits) return false;
  const familyName = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, prefix, familyName);
  return list.check(host, familyName);
}
