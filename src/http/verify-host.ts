import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Checks whether a certificate is for a host, as Node does by default. Node 22.23 rejects every
 * certificate for an IPv6 address, so OpenSSL checks these.
 * @param host - a host name or an IP address without brackets.
 * @returns the error; `undefined` if the certificate is for the host.
 * @see RFC 9110, section 4.3.5
 */
export function verifyHost(host: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(host, certificate);
  if (error === undefined || !isIPv6(host)) return error;
  return new X509Certificate(certificate.raw).checkIP(host) === undefined ? error : undefined;
}
