import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { TpksError } from '../../base/errors.js';
import type { Environment } from '../config/environment.js';
import { isRejectedFileError, readBytes, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';
import { codedError, noAlternativeName, wrongHost } from './network-error.js';

// Which servers are trusted: the CAs, and the check of the host.

/** The host and port to connect to for a URL. */
export interface Endpoint {
  /** In the form that sockets accept: IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Server name for TLS (SNI); empty for an IP address. @see RFC 6066, section 3 */
  readonly servername: string;
}

export function parseEndpoint(url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
    servername: isIP(host) === 0 ? host : '',
  };
}

/** Opens connections through a proxy. */
export interface Tunnel {
  /**
   * Opens a connection to a host; an IPv6 address has no brackets. @see RFC 9110, section 9.3.6 (CONNECT)
   * @param milliseconds - time limit for opening the connection.
   * @throws {TpksError} `unavailable` if the proxy rejects the connection or takes longer; `untrusted` for
   *   the certificate of the proxy itself. Socket errors are passed on.
   */
  readonly connect: (host: string, port: number, milliseconds: number) => Promise<Socket>;
}

/** Which CAs to trust, for every implementation of `Send`. */
export interface TrustDeps {
  /** PEM of the CA that is stored with the context. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  /** Reads the system CA certificates (PEM). Called only when they are needed. */
  readonly systemRoots: () => readonly string[];
}

/**
 * Returns the CAs to trust, one list per stage. The first stage contains only the context's own CA, because
 * parsing the system's 150 CAs takes longer than a request.
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

/** CA bundles of Debian, Red Hat, SUSE, Alpine and macOS. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Far above the usual size of a bundle, about 200 KB. */
export const maximumBundleBytes = 16 * 1024 * 1024;

/**
 * Reads the system CA certificates (PEM) from `SSL_CERT_FILE` or the platform's bundle (or Node's own
 * list), and adds those in `NODE_EXTRA_CA_CERTS`, which Node ignores if the option `ca` is set.
 * @throws {TpksError} `usage` if `SSL_CERT_FILE` cannot be read, or if a file is too large or not a regular
 *   file.
 */
export function readSystemRoots(env: Environment): string[] {
  const extra = env.NODE_EXTRA_CA_CERTS;
  return [...readBaseRoots(env), ...(extra ? readExtraRoots(extra) : [])];
}

function readBaseRoots(env: Environment): readonly string[] {
  const configuredPath = env.SSL_CERT_FILE;
  if (configuredPath) {
    try {
      return [readBundle(configuredPath)];
    } catch (error) {
      throw unreadableError('SSL_CERT_FILE', configuredPath, error);
    }
  }
  for (const path of bundles) {
    const found = readBundleIfPresent(path);
    if (found.length > 0) return found;
  }
  return readPlatformStore() ?? tls.rootCertificates;
}

function readBundleIfPresent(path: string): string[] {
  try {
    return [readBundle(path)];
  } catch {
    return [];
  }
}

/** Ignores a missing file, as Node does. */
function readExtraRoots(path: string): string[] {
  try {
    return [readBundle(path)];
  } catch (error) {
    if (isRejectedFileError(error)) throw unreadableError('NODE_EXTRA_CA_CERTS', path, error);
    return [];
  }
}

function readBundle(path: string): string {
  const bytes = readBytes(path, { ...userFileOptions, maximumBytes: maximumBundleBytes });
  // Only OpenSSL ignores a byte order mark; the standalone binary does not use it.
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function unreadableError(variable: string, path: string, error: unknown): TpksError {
  return new TpksError(
    'usage',
    `Cannot read ${path} (set in ${variable}): ${describeDiskError(error)}`,
    {
      hint: `correct ${variable}, or unset it to use only the system certificates`,
      cause: error,
    },
  );
}

/** Only Node 22.15 and later have this function. */
interface NewerTls {
  readonly getCACertificates?: (store: 'system') => readonly string[];
}

/** Windows and macOS have no bundle file, but newer versions of Node read their stores. */
function readPlatformStore(): readonly string[] | undefined {
  const newer: typeof tls & NewerTls = tls;
  const found = newer.getCACertificates?.('system') ?? [];
  return found.length > 0 ? found : undefined;
}

/**
 * Checks whether a certificate is for a host; an IPv6 address has no brackets. Node's own check accepts the
 * common name, and in Node 22.23 rejects every certificate for an IPv6 address.
 * @see RFC 9110, sections 4.3.4 and 4.3.5
 */
export function verifyHost(host: string, certificate: tls.PeerCertificate): Error | undefined {
  const { raw, subjectaltname = '' } = certificate;
  if (!/DNS:|IP Address:/.test(subjectaltname)) return codedError(noAlternativeName);
  const isMatch =
    isIP(host) === 0
      ? tls.checkServerIdentity(host, { ...certificate, subject: {} }) === undefined
      : new X509Certificate(raw).checkIP(host) !== undefined;
  return isMatch ? undefined : codedError(wrongHost);
}

/** Lists a certificate and its issuers, without those that the server does not send. */
export function listChain(
  link: tls.DetailedPeerCertificate | undefined,
  chain = new Set<tls.DetailedPeerCertificate>(),
): tls.DetailedPeerCertificate[] {
  // The issuer of a root certificate is itself.
  if (link === undefined || !('fingerprint256' in link) || chain.has(link)) return [...chain];
  return listChain(link.issuerCertificate, chain.add(link));
}

/**
 * Opens a TLS connection on which no request is sent, and reads the certificate of the server.
 * @throws the connection error. With `rejectUnauthorized`, this includes untrusted certificates.
 */
export async function readCertificate(
  url: string,
  proxy: Tunnel | undefined,
  milliseconds: number,
  { ca, rejectUnauthorized }: { readonly ca: string[]; readonly rejectUnauthorized: boolean },
): Promise<tls.DetailedPeerCertificate> {
  const { host, port, servername } = parseEndpoint(url);
  const connection =
    proxy === undefined ? { port } : { socket: await proxy.connect(host, port, milliseconds) };
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...connection,
      host,
      servername,
      checkServerIdentity: verifyHost,
      rejectUnauthorized,
      ...(ca.length > 0 ? { ca } : {}),
    });
    const timer = setTimeout(() => socket.destroy(codedError('ETIMEDOUT')), milliseconds);
    socket.on('error', reject);
    // Settles the promise if the connection ends without an error.
    socket.once('close', () => {
      clearTimeout(timer);
      reject(codedError('ECONNRESET'));
    });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate(true);
      if ('fingerprint256' in certificate) resolve(certificate);
      socket.destroy();
    });
  });
}
