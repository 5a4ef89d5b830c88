import { errorCode, errorMessage, isTpksError, TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';

/** Descriptions of certificate problems, by their names in OpenSSL and Node. */
const certificateProblems: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an unknown certificate authority',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by an unknown certificate authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an unknown certificate authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an unknown certificate authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not trusted',
  CERT_SIGNATURE_FAILURE: 'is not signed by the authority it names',
  CERT_UNTRUSTED: 'is not trusted',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  INVALID_CA: 'is signed by a certificate that is not a CA',
  INVALID_PURPOSE: 'is not issued for servers',
  HOSTNAME_MISMATCH: 'is made out to another name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is made out to another name',
};

const connectionProblems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EADDRNOTAVAIL: 'the address cannot be reached',
  ETIMEDOUT: 'there was no response in time',
  HPE_HEADER_OVERFLOW: 'the headers of the response are too large',
  EPROTO: 'the port does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS',
};

/**
 * What is wrong with a certificate, as a phrase that follows "the certificate of HOST".
 * @returns `undefined` if the connection failed for another reason.
 */
export function describeCertificateProblem(error: unknown): string | undefined {
  const problem = findInErrorChain(error, (code) => ownValue(certificateProblems, code));
  if (problem === undefined || !isDateProblem(error)) return problem;
  // OpenSSL uses the system's clock, not the clock that the program was given.
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return `${problem} by this machine’s clock, which reads ${now}`;
}

/** Whether a certificate was rejected because of its dates, which a wrong clock can also cause. */
export function isDateProblem(error: unknown): boolean {
  return errorChain(error).some((link) => dateProblems.has(errorCode(link) ?? ''));
}

const dateProblems = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * @param url - of the request; only its host is shown.
 * @param proxy - origin of the proxy, if one is used.
 * @returns an error with a hint; a TpksError is returned unchanged.
 */
export function toNetworkError(error: unknown, url: string, proxy?: string): TpksError {
  if (isTpksError(error)) return error;
  const { host } = new URL(url);
  const why =
    findInErrorChain(error, describeConnectionProblem) ?? errorMessage(errorChain(error).at(-1));
  return new TpksError('unavailable', `Unable to send a request to ${host}: ${why}`, {
    hint:
      proxy === undefined
        ? `check the address and the network, then try again: curl -v https://${host}`
        : `check the address, the network and the proxy ${proxy} (HTTPS_PROXY, NO_PROXY), then try again`,
    cause: error,
  });
}

function describeConnectionProblem(code: string): string | undefined {
  return (
    ownValue(connectionProblems, code) ??
    (code.startsWith('HPE_') ? 'the response is not HTTP' : undefined)
  );
}

/** Searches the causes as well: libraries wrap the socket's error up to three times. */
function findInErrorChain<T>(error: unknown, pick: (code: string) => T | undefined): T | undefined {
  return errorChain(error)
    .map((link) => pick(errorCode(link) ?? ''))
    .find((found) => found !== undefined);
}

function errorChain(error: unknown): unknown[] {
  const links: unknown[] = [];
  let link: unknown = error;
  while (link !== undefined && link !== null && links.length < 8) {
    links.push(link);
    if (typeof link !== 'object') break;
    // Node puts the failures of several addresses of one host into an AggregateError.
    const inner: unknown =
      'cause' in link && link.cause !== undefined
        ? link.cause
        : 'errors' in link && Array.isArray(link.errors)
          ? link.errors[0]
          : undefined;
    link = inner;
  }
  return links;
}
