import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { formatInstant } from '../../base/clock.js';
import { type Fact, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Environment } from '../config/environment.js';
import { isRejectedFileError, readBytes, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';
import { readCaCert } from '../input/ca-cert.js';
import {
  codedError,
  describeCertificateProblem,
  findNameHint,
  hasUnknownIssuer,
  isCertificateDateProblem,
  isWrongHost,
  noAlternativeName,
  selfSigned,
  wrongHost,
} from './network-error.js';
import type { Trust, TrustHints } from './send.js';

// Which servers are trusted: the CAs, the check of the host, and the error for a certificate that is not trusted.

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

/** Time limit for fetching the certificate over a second connection. */
const fetchMilliseconds = 3000;

export interface UntrustedOptions extends TrustHints, Pick<Trust, 'caCert'> {
  /** The proxy of the first connection; without it, the second one could reach another server. */
  readonly proxy: Tunnel | undefined;
  /** The value of `TPKS_CA_CERT`. */
  readonly caVariable?: string | undefined;
}

/**
 * The error for a certificate that is not trusted, with facts about the certificate and a hint. Fetches the
 * certificate over a second connection.
 */
export async function toUntrustedError(
  error: unknown,
  url: string,
  { proxy, ...options }: UntrustedOptions,
): Promise<TpksError> {
  const { host } = new URL(url);
  const certificate = await readCertificate(url, proxy, fetchMilliseconds, {
    ca: [],
    rejectUnauthorized: false,
  }).catch(() => undefined);
  const { problem, hint } = explainProblem(error, url, certificate, options);
  return new TpksError('untrusted', `The certificate of ${host} ${problem}`, {
    facts: certificate && listFacts(certificate),
    hint: `no secrets were sent; ${hint}`,
    cause: error,
    host,
  });
}

interface Explanation {
  /** Completes the sentence "The certificate of HOST ...". */
  readonly problem: string;
  readonly hint: string;
}

function explainProblem(
  error: unknown,
  url: string,
  certificate: tls.DetailedPeerCertificate | undefined,
  { caCert, caVariable, trustCommand, formatHostCommand }: Omit<UntrustedOptions, 'proxy'>,
): Explanation {
  const { host } = parseEndpoint(url);
  const problem = describeCertificateProblem(error) ?? 'is not trusted';
  const nameHint = findNameHint(error, host, 'server');
  if (nameHint !== undefined) return { problem, hint: nameHint };
  if (isWrongHost(error)) {
    const names = certificate === undefined ? [] : listNames(certificate);
    const name = certificate && findHostName(names, host, certificate);
    return {
      problem: describeWrongHost(names),
      hint: createHostHint(name, name && formatHostCommand?.(url, name)),
    };
  }
  if (isCertificateDateProblem(error)) {
    return {
      problem: describeDateProblem(certificate, caCert) ?? problem,
      hint: 'check the clock of this machine, then ask the operator of the installation to renew the certificate',
    };
  }
  // The runtime of the standalone binary has no separate error code for self-signed certificates.
  const isSelfSigned =
    problem === selfSigned ||
    (certificate !== undefined && hasUnknownIssuer(error) && isSignedByItself(certificate.raw));
  const isIssuerUnknown = isSelfSigned || hasUnknownIssuer(error);
  if (isIssuerUnknown && caCert !== undefined && isFromVariable(caCert, caVariable)) {
    return explainCaVariable(caVariable, caCert);
  }
  const givenCa = isIssuerUnknown && caCert !== undefined ? `${describeGivenCa(caCert)}; ` : '';
  return {
    problem: isSelfSigned ? selfSigned : problem,
    hint: `${givenCa}${createTrustHint(trustCommand)}`,
  };
}

function createTrustHint(trustCommand: string | undefined): string {
  const start =
    'to trust the server, get its CA certificate from the operator of the installation, then';
  return trustCommand === undefined
    ? `${start} set the variable:\nexport TPKS_CA_CERT=FILE`
    : `${start} set TPKS_CA_CERT=FILE, or run:\n${trustCommand}`;
}

function isSignedByItself(der: Buffer): boolean {
  const certificate = new X509Certificate(der);
  const { issuer, subject, publicKey } = certificate;
  return issuer === subject && certificate.verify(publicKey);
}

/** Explains why the CA that the user has given does not help. */
function describeGivenCa(caCert: string): string {
  const cas = listCas(caCert);
  if (cas.length > 1) return 'none of the given CAs issued this certificate';
  return `the given CA ${describeCas(cas)} did not issue this certificate`;
}

function listCas(caCert: string): tls.PeerCertificate[] {
  const blocks = caCert.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => new X509Certificate(pem).toLegacyObject());
}

function describeCas(cas: readonly tls.PeerCertificate[]): string {
  const [first] = cas;
  return first === undefined || cas.length > 1
    ? `${String(cas.length)} CAs`
    : formatDistinguishedName(first.subject);
}

/** Whether a CA is the one in `TPKS_CA_CERT`, which an option can override. */
function isFromVariable(caCert: string, value: string | undefined): value is string {
  try {
    return value !== undefined && readCaCert(value) === caCert;
  } catch {
    // The file was changed or deleted after it was read.
    return false;
  }
}

function explainCaVariable(value: string, caCert: string): Explanation {
  const path = value.includes('-----BEGIN') ? '' : `=${quoteForShell(value)}`;
  return {
    problem: `was not issued by the CA in TPKS_CA_CERT${path} (${describeCas(listCas(caCert))})`,
    hint:
      'set TPKS_CA_CERT to the CA certificate of this installation, or use the stored CA and the system CAs:\n' +
      'unset TPKS_CA_CERT',
  };
}

/** The host names and IP addresses that a certificate is for, including wildcards. */
function listNames({ subjectaltname = '' }: tls.PeerCertificate): string[] {
  return subjectaltname
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Finds a name that is probably another name of the host, for a command that the user copies. The server has
 * chosen the names, so only letters, digits, dots and hyphens are accepted; this excludes wildcards.
 */
function findHostName(
  names: readonly string[],
  host: string,
  certificate: tls.PeerCertificate,
): string | undefined {
  const usable = names.filter(
    (name) => /^[a-z\d][a-z\d.-]*$/i.test(name) && verifyHost(name, certificate) === undefined,
  );
  const isLonger = (name: string) => name.startsWith(`${host}.`);
  return usable.find(isLonger) ?? usable.find((name) => isIP(name) === 0) ?? usable[0];
}

function describeWrongHost(names: readonly string[]): string {
  if (names.length === 0) return 'was issued for another host';
  const hidden = names.length - 3;
  const list = `${names.slice(0, 3).join(', ')}${hidden > 0 ? ` and ${String(hidden)} more` : ''}`;
  return `was issued for ${names.length === 1 ? 'another host' : 'other hosts'}: ${list}`;
}

function createHostHint(name: string | undefined, command: string | undefined): string {
  if (name === undefined) return 'use a host name that the certificate was issued for';
  return command === undefined
    ? `if this server is ${name}, use that name in its address`
    : `if this server is ${name}, use that name:\n${command}`;
}

/**
 * Says which certificate has expired or is not valid yet, and when.
 * @returns `undefined` if it is neither one that the server has sent nor the given CA.
 */
function describeDateProblem(
  leaf: tls.DetailedPeerCertificate | undefined,
  caCert: string | undefined,
): string | undefined {
  // OpenSSL uses the system clock, not a clock that was passed to the program.
  const now = new Date();
  const certificates = [...listChain(leaf), ...(caCert === undefined ? [] : listCas(caCert))];
  for (const { subject, valid_from: from, valid_to: to } of certificates) {
    const isExpired = Date.parse(to) < now.getTime();
    if (!isExpired && Date.parse(from) <= now.getTime()) continue;
    const isLeaf = subject === leaf?.subject;
    const issuer = isLeaf ? '' : `was issued by ${formatDistinguishedName(subject)}, which `;
    const date = isExpired
      ? `expired on ${formatDate(to)}`
      : `is not valid before ${formatDate(from)}`;
    return `${issuer}${date}; the clock of this machine says ${formatInstant(now)}`;
  }
  return undefined;
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

/** What a user needs to identify a certificate. */
export function listFacts(certificate: tls.PeerCertificate): Fact[] {
  const names = listNames(certificate).join(', ');
  return [
    ['Issuer', formatDistinguishedName(certificate.issuer)],
    ...(names === '' ? [] : [['Issued for', names] as const]),
    ['Valid', `${formatDate(certificate.valid_from)} to ${formatDate(certificate.valid_to)}`],
    ['SHA-256', certificate.fingerprint256],
  ];
}

/** A server can send an invalid date. */
function formatDate(text: string): string {
  return Number.isNaN(Date.parse(text)) ? text : formatInstant(new Date(text));
}

/**
 * Opens a TLS connection on which no request is sent, and reads the certificate of the server.
 * @throws the connection error; with `rejectUnauthorized`, also if the certificate is not trusted.
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

/** Formats the name of a certificate's subject or issuer, e.g. `CN=Example CA, O=Example`. */
export function formatDistinguishedName(name: object): string {
  const parts = Object.entries(name).map(([key, value]) => `${key}=${String(value)}`);
  return parts.join(', ') || 'unnamed';
}
