import { formatInstant } from '../../base/clock.js';
import {
  errorChain,
  findErrorCode,
  findInErrorChain,
  errorCode,
  errorMessage,
  isTpksError,
  TpksError,
} from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { hostOf } from '../../base/pks-conventions.js';

/** Describes a certificate that was not issued by a CA. */
export const selfSigned = 'is self-signed and not trusted';

const unknownIssuer = 'is signed by an unknown certificate authority';
const unknownIssuerCodes = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
];

/** Error code of a certificate that contains neither a DNS name nor an IP address. */
export const noAlternativeName = 'NO_ALTERNATIVE_NAME';

/** Error code of a certificate for another host. */
export const wrongHost = 'ERR_TLS_CERT_ALTNAME_INVALID';

const unverifiable = 'cannot be verified';

/** Descriptions of certificate problems, keyed by the error codes of OpenSSL and Node. */
const certificateProblems: Readonly<Record<string, string>> = {
  ...Object.fromEntries(unknownIssuerCodes.map((code) => [code, unknownIssuer])),
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  CERT_SIGNATURE_FAILURE: 'has an invalid signature',
  CERT_UNTRUSTED: 'is not trusted',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'has been revoked',
  CERT_CHAIN_TOO_LONG: unverifiable,
  PATH_LENGTH_EXCEEDED: unverifiable,
  // E.g. the CA may not issue certificates for the host.
  UNSPECIFIED: unverifiable,
  INVALID_CA: 'is signed by a certificate that is not a CA',
  INVALID_PURPOSE: 'was not issued for servers',
  HOSTNAME_MISMATCH: 'was issued for another host',
  [wrongHost]: 'was issued for another host',
  [noAlternativeName]: 'has no subject alternative name',
};

/** The runtimes use the same codes for both reasons. */
const tlsFailed = 'the TLS connection failed, or the port does not speak TLS';

const clientCertificateRequired =
  'the server requires a client certificate, which tpks does not support';

const connectionProblems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the hostname is unknown',
  EAI_AGAIN: 'the hostname cannot currently be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was interrupted',
  EPIPE: 'the connection was interrupted',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  EADDRNOTAVAIL: 'the address is not available',
  ETIMEDOUT: 'the connection timed out',
  HPE_HEADER_OVERFLOW: 'the response headers are too large',
  EPROTO: tlsFailed,
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificateRequired,
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: clientCertificateRequired,
};

/** Completes the sentence "The certificate of HOST ..."; `undefined` if the connection failed for another reason. */
export function describeCertificateProblem(error: unknown): string | undefined {
  const problem = findInErrorChain(error, (code) => getOwnValue(certificateProblems, code));
  if (problem === undefined || !isCertificateDateProblem(error)) return problem;
  // OpenSSL uses the system clock, not a clock that was passed to the program.
  return `${problem} according to the clock of this machine (${formatInstant(new Date())})`;
}

/** Whether a certificate was rejected because of its dates. The cause may be a wrong local clock. */
export function isCertificateDateProblem(error: unknown): boolean {
  return hasCode(error, ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
}

/** Whether a certificate was rejected because it is for other hosts. */
export function isWrongHost(error: unknown): boolean {
  return hasCode(error, ['HOSTNAME_MISMATCH', wrongHost]);
}

/** Says how to replace a certificate without a subject alternative name; `undefined` for other errors. */
export function findNameHint(
  error: unknown,
  host: string,
  peer: 'server' | 'proxy',
): string | undefined {
  return findErrorCode(error) === noAlternativeName
    ? `ask the operator of the ${peer} for a certificate with the subject alternative name ${host}`
    : undefined;
}

/** Whether a certificate was rejected because no trusted CA issued it. */
export function hasUnknownIssuer(error: unknown): boolean {
  return hasCode(error, unknownIssuerCodes);
}

/** Whether a certificate was rejected because it is its own issuer. Bun reports an unknown issuer instead. */
export function isSelfSignedError(error: unknown): boolean {
  return hasCode(error, ['DEPTH_ZERO_SELF_SIGNED_CERT']);
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return errorChain(error).some((link) => codes.includes(errorCode(link) ?? ''));
}

/** Creates an error with a code, like those of `node:https`. */
export function codedError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * Converts a connection error to a `TpksError`; returns a TpksError unchanged.
 * @param proxy - origin of the proxy; `undefined` if none is used.
 */
export function toNetworkError(error: unknown, url: string, proxy?: string): TpksError {
  if (isTpksError(error)) return error;
  const host = hostOf(url);
  const reason =
    findInErrorChain(error, describeConnectionProblem) ?? errorMessage(errorChain(error).at(-1));
  // With a proxy, tpks opens a connection only to the proxy.
  if (proxy !== undefined && isConnectionUnopened(error)) {
    return new TpksError('unavailable', `Unable to connect to the proxy ${proxy}: ${reason}`, {
      hint: `correct HTTPS_PROXY, or add ${new URL(url).hostname} to NO_PROXY to connect without the proxy`,
      cause: error,
      host: new URL(proxy).host,
    });
  }
  return new TpksError('unavailable', `Unable to send a request to ${host}: ${reason}`, {
    hint:
      proxy === undefined
        ? `check the address and the network, then try again: curl -v https://${host}`
        : `check the address, the network and the proxy ${proxy} (HTTPS_PROXY and NO_PROXY), then try again`,
    cause: error,
    host,
  });
}

/** Whether no connection was opened, so that the server cannot have received anything. */
export function isConnectionUnopened(error: unknown): boolean {
  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
  return codes.includes(errorCode(error) ?? '');
}

/** Describes why a request could not be sent. @returns `undefined` for other error codes. */
export function describeConnectionProblem(code: string): string | undefined {
  const problem = getOwnValue(connectionProblems, code);
  if (problem !== undefined) return problem;
  if (code.startsWith('HPE_')) return 'the response is not HTTP';
  return code.startsWith('ERR_SSL_') ? tlsFailed : undefined;
}
