import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { TpksError } from '../../base/errors.js';
import { parseEndpoint } from './endpoint.js';
import {
  codedError,
  describeCertificateProblem,
  findNameHint,
  hasUnknownIssuer,
  isCertificateDateProblem,
  selfSigned,
} from './network-error.js';
import type { Proxy } from './proxy.js';
import type { Trust } from './send.js';
import { verifyHost } from './verify-host.js';

/** Time limit for fetching the certificate over a second connection. */
const fetchMilliseconds = 3000;

export interface UntrustedOptions extends Pick<Trust, 'caCert' | 'trustCommand'> {
  /**
   * The proxy of the first connection, because a direct connection could fail or reach another server;
   * `undefined` if no proxy was used.
   */
  readonly proxy: Proxy | undefined;
}

/**
 * The error for a certificate that is not trusted, with its issuer, its fingerprint and a hint on how
 * to trust it. Fetches the certificate over a second connection, on which no request is sent.
 */
export async function toUntrustedError(
  error: unknown,
  url: string,
  { proxy, caCert, trustCommand }: UntrustedOptions,
): Promise<TpksError> {
  const { host } = new URL(url);
  const certificate = await readCertificate(url, proxy, fetchMilliseconds, {
    ca: [],
    rejectUnauthorized: false,
  }).catch(() => undefined);
  // The runtime of the standalone binary has no separate error code for self-signed certificates.
  const isSelfSigned =
    certificate !== undefined && hasUnknownIssuer(error) && isSignedByItself(certificate.raw);
  const problem = isSelfSigned
    ? selfSigned
    : (describeCertificateProblem(error) ?? 'is not trusted');
  const details = certificate === undefined ? '' : ` (${describeCertificate(certificate)})`;
  const hint =
    findNameHint(error, parseEndpoint(url).host, 'server') ??
    describeTrust(error, caCert, trustCommand);
  return new TpksError('untrusted', `The certificate of ${host} ${problem}${details}`, {
    hint: `no secrets were sent; ${hint}`,
    cause: error,
    host,
  });
}

function describeTrust(error: unknown, caCert?: string, trustCommand?: string): string {
  return (
    (isCertificateDateProblem(error) ? 'first check the clock of this machine; ' : '') +
    (caCert !== undefined && hasUnknownIssuer(error) ? describeGivenCa(caCert) : '') +
    'to trust the server, get its CA certificate from the operator of the installation, then:\n' +
    (trustCommand === undefined
      ? 'set TPKS_CA_CERT=FILE'
      : `${trustCommand} (or TPKS_CA_CERT=FILE)`)
  );
}

function isSignedByItself(der: Buffer): boolean {
  const certificate = new X509Certificate(der);
  const { issuer, subject, publicKey } = certificate;
  return issuer === subject && certificate.verify(publicKey);
}

/** Explains why the CA that the user has given does not help. */
function describeGivenCa(caCert: string): string {
  const count = caCert.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (count > 1) return 'none of the given CAs issued this certificate; ';
  const subject = new X509Certificate(caCert).subject.replaceAll('\n', ', ');
  return `the given CA ${subject} did not issue this certificate; `;
}

/**
 * Opens a TLS connection on which no request is sent, and reads the certificate of the server.
 * @param proxy - `undefined` to connect directly.
 * @throws the connection error; with `rejectUnauthorized`, also if the certificate is not trusted.
 */
export async function readCertificate(
  url: string,
  proxy: Proxy | undefined,
  milliseconds: number,
  { ca, rejectUnauthorized }: { readonly ca: string[]; readonly rejectUnauthorized: boolean },
): Promise<DetailedPeerCertificate> {
  const { host, port, servername } = parseEndpoint(url);
  const connection =
    proxy === undefined ? { port } : { socket: await proxy.connect(host, port, milliseconds) };
  return new Promise((resolve, reject) => {
    const socket = connect({
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

function describeCertificate(certificate: DetailedPeerCertificate): string {
  const issuer = formatDistinguishedName(certificate.issuer);
  const names = certificate.subjectaltname?.replaceAll(/DNS:|IP Address:/g, '');
  return [
    `issuer ${issuer}`,
    ...(names === undefined ? [] : [`issued for ${names}`]),
    `valid from ${certificate.valid_from}`,
    `valid until ${certificate.valid_to}`,
    `SHA-256 ${certificate.fingerprint256}`,
  ].join('; ');
}

/** Formats the name of a certificate's subject or issuer, e.g. `CN=Example CA, O=Example`. */
export function formatDistinguishedName(name: object): string {
  const parts = Object.entries(name).map(([key, value]) => `${key}=${String(value)}`);
  return parts.join(', ') || 'unnamed';
}
