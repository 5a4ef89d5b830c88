import { connect, type DetailedPeerCertificate } from 'node:tls';
import { TpksError } from '../errors.js';
import { parseEndpoint, type Endpoint } from './end.js';
import { describeCertificateProblem, isDateProblem } from './network-error.js';
import type { Proxy } from './proxy.js';
import type { Trust } from './send.js';

/** Time limit for fetching the certificate again. */
const fetchMilliseconds = 3000;

export interface UntrustedOptions extends Pick<Trust, 'trustCommand'> {
  /** The proxy of the first connection, if any: a direct one could reach another server, or none. */
  readonly proxy: Proxy | undefined;
}

/**
 * Describes a certificate that was not trusted: its issuer, its fingerprint, and how to trust it.
 * Fetches it over a second connection, on which nothing is sent.
 */
export async function toUntrustedError(
  error: unknown,
  url: string,
  { proxy, trustCommand }: UntrustedOptions,
): Promise<TpksError> {
  const { host } = new URL(url);
  const problem = describeCertificateProblem(error) ?? 'is not trusted';
  const certificate = await fetchCertificate(parseEndpoint(url), proxy).catch(() => undefined);
  const facts = certificate === undefined ? '' : ` (${describeCertificate(certificate)})`;
  return new TpksError('untrusted', `The certificate of ${host} ${problem}${facts}`, {
    hint:
      `nothing secret was sent; ${isDateProblem(error) ? 'check this machine’s clock first; ' : ''}` +
      'to trust it, get its CA certificate from the operator of the installation:\n' +
      (trustCommand === undefined
        ? 'set TPKS_CA_CERT=FILE'
        : `${trustCommand} (or TPKS_CA_CERT=FILE)`),
    cause: error,
  });
}

async function fetchCertificate(
  { host, port, servername }: Endpoint,
  proxy: Proxy | undefined,
): Promise<DetailedPeerCertificate | undefined> {
  const way =
    proxy === undefined ? { port } : { socket: await proxy.connect(host, port, fetchMilliseconds) };
  return new Promise((resolve) => {
    const socket = connect({ ...way, host, servername, rejectUnauthorized: false });
    const done = (certificate?: DetailedPeerCertificate): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(certificate);
    };
    const timer = setTimeout(done, fetchMilliseconds);
    socket.on('error', () => {
      done();
    });
    // A connection that ends without an error must not leave the promise pending.
    socket.once('close', () => {
      done();
    });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate(true);
      done('fingerprint256' in certificate ? certificate : undefined);
    });
  });
}

function describeCertificate(certificate: DetailedPeerCertificate): string {
  const issuer = Object.entries(certificate.issuer)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ');
  const names = certificate.subjectaltname?.replaceAll(/DNS:|IP Address:/g, '');
  return [
    `issuer ${issuer || 'unnamed'}`,
    ...(names === undefined ? [] : [`made out to ${names}`]),
    `valid from ${certificate.valid_from}`,
    `valid until ${certificate.valid_to}`,
    `SHA-256 ${certificate.fingerprint256}`,
  ].join('; ');
}
