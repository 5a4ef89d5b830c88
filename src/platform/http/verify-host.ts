import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { codedError, noAlternativeName, wrongHost } from './network-error.js';

/**
 * Checks whether a certificate is for a host. Node's own check accepts the common name, unless the subject is
 * left out, and in Node 22.23 rejects every certificate for an IPv6 address.
 * @param host - a host name or an IP address without brackets.
 * @returns the error; `undefined` if the certificate is for the host.
 * @see RFC 9110, sections 4.3.4 and 4.3.5
 */
export function verifyHost(host: string, certificate: PeerCertificate): Error | undefined {
  const { raw, subjectaltname = '' } = certificate;
  if (!/DNS:|IP Address:/.test(subjectaltname)) return codedError(noAlternativeName);
  const isMatch =
    isIP(host) === 0
      ? checkServerIdentity(host, { ...certificate, subject: {} }) === undefined
      : new X509Certificate(raw).checkIP(host) !== undefined;
  return isMatch ? undefined : codedError(wrongHost);
}
