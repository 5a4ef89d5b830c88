import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import type { Fact } from '../../base/errors.js';
import {
  describeCertificateProblem,
  hasUnknownIssuer,
  isSelfSignedError,
  toNetworkError,
} from './network-error.js';
import type { Proxy } from './proxy.js';
import type { TrustHints } from './send.js';
import {
  createTrustStages,
  listChain,
  readCertificate,
  type TrustDeps,
} from './certificate-authorities.js';
import { listFacts, toUntrustedError, type UntrustedOptions } from './untrusted-error.js';

// TLS connections on which no request is sent: to verify a server, and to find its CA.

export interface ChainOptions extends TrustDeps, TrustHints, Pick<UntrustedOptions, 'caVariable'> {
  /** The proxy that is used for this server; `undefined` for a direct connection. */
  readonly proxy: Proxy | undefined;
  readonly milliseconds: number;
}

export interface TrustedChain {
  /** The server's certificate and its issuers, as far as the server sends them. */
  readonly chain: readonly DetailedPeerCertificate[];
  /** Whether the CA of the context was sufficient, without the system's CAs. */
  readonly isGivenCa: boolean;
}

/**
 * Verifies the certificate of a server.
 * @throws {TpksError} `untrusted` with the issuer and the fingerprint; `unavailable`
 */
export async function readTrustedChain(url: string, options: ChainOptions): Promise<TrustedChain> {
  const { caCert, skipTlsVerification, proxy, milliseconds } = options;
  const stages = createTrustStages(options);
  for (const [index, roots] of stages.entries()) {
    try {
      const trust = { ca: roots(), rejectUnauthorized: !skipTlsVerification };
      const leaf = await readCertificate(url, proxy, milliseconds, trust);
      // The first stage trusts only the given CA, if any.
      return { chain: listChain(leaf), isGivenCa: caCert !== undefined && index === 0 };
    } catch (error) {
      if (describeCertificateProblem(error) === undefined) {
        throw toNetworkError(error, url, proxy?.origin);
      }
      if (index === stages.length - 1) throw await toUntrustedError(error, url, options);
    }
  }
  throw new Error('no trust stage');
}

/**
 * Reads the certificates of a server and its issuers without verifying them, because they may have expired.
 * @throws {TpksError} `unavailable`; `untrusted` for the certificate of the proxy
 */
export async function readUnverifiedChain(
  url: string,
  { proxy, milliseconds }: Pick<ChainOptions, 'proxy' | 'milliseconds'>,
): Promise<readonly DetailedPeerCertificate[]> {
  try {
    return listChain(await readCertificate(url, proxy, milliseconds, unverified));
  } catch (error) {
    throw toNetworkError(error, url, proxy?.origin);
  }
}

const unverified = { ca: [], rejectUnauthorized: false };

/** Finds the certificate that expires first. */
export function findFirstToExpire<T extends Pick<DetailedPeerCertificate, 'valid_to'>>(
  chain: readonly T[],
): T | undefined {
  return [...chain].sort((a, b) => Date.parse(a.valid_to) - Date.parse(b.valid_to))[0];
}

/** A CA that this machine does not trust. */
export interface UnknownCa {
  /** PEM of this CA, after the CAs that were already trusted. */
  readonly caCert: string;
  /** The issuer, the validity and the fingerprint. */
  readonly facts: readonly Fact[];
}

/**
 * Finds the CA that issued the certificate of a server, if that CA is the only problem of the certificate.
 * @param error - the error of a connection to this server.
 * @returns `undefined` for other errors, and if the server does not send the self-signed certificate of its CA.
 * @throws {TpksError} `untrusted` if the certificate has another problem, e.g. it is for another host.
 */
export async function findUnknownCa(
  error: unknown,
  url: string,
  options: ChainOptions,
): Promise<UnknownCa | undefined> {
  if (!hasUnknownIssuer(error) && !isSelfSignedError(error)) return undefined;
  const { proxy, milliseconds, caCert } = options;
  const last = listChain(await readCertificate(url, proxy, milliseconds, unverified)).at(-1);
  if (last === undefined) return undefined;
  const ca = new X509Certificate(last.raw);
  if (!ca.ca || ca.subject !== ca.issuer || !ca.verify(ca.publicKey)) return undefined;
  const all = caCert === undefined ? ca.toString() : `${caCert.trimEnd()}\n${ca.toString()}`;
  try {
    await readTrustedChain(url, { ...options, caCert: all });
  } catch (problem) {
    // The server sends a CA that did not issue its certificate.
    if (hasUnknownIssuer(problem)) return undefined;
    throw problem;
  }
  return { caCert: all, facts: listFacts(last) };
}
