import { readJoseHeader } from '../auth/claims.js';
import { isTpksError } from '../errors.js';
import { describeExpiry, expiryOf, type OldSession } from './old-session.js';
import { findIssuer } from './pks-file.js';

/** Whether a server accepts the access token of a session. */
export interface Verification {
  /** `unknown`: the token could not be checked. */
  readonly result: 'verified' | 'rejected' | 'unknown';
  /** The reason, or how the token was verified. */
  readonly text: string;
}

export interface VerifyDeps {
  readonly now: Date;
  /** Sends the token to the PKS API. @throws {TpksError} `unauthenticated` if it rejects the token */
  readonly probe: (session: OldSession & { readonly api: string }) => Promise<void>;
  /** Verifies the signature with the keys of the UAA. @throws {TpksError} `failed` if it is invalid */
  readonly verifySignature: (session: OldSession) => Promise<void>;
  readonly deadline: Deadline;
}

/** When to stop waiting for the servers. */
export interface Deadline {
  readonly end: Promise<void>;
  readonly isOver: () => boolean;
}

/** How long to wait for all servers, in milliseconds. A network that is down must not prevent an import. */
export const verificationMilliseconds = 10_000;

/**
 * Verifies the access token of a session, if possible: the PKS API must accept it, or else the UAA must
 * have signed it. The refresh token is not used, because it may work only once.
 */
export async function verifySession(session: OldSession, deps: VerifyDeps): Promise<Verification> {
  if (expiryOf(session.token) <= deps.now) {
    const text = `${describeExpiry(session.token)}; the next command renews it`;
    return { result: 'unknown', text };
  }
  const { deadline } = deps;
  const late: Verification = { result: 'unknown', text: 'the servers did not respond in time' };
  if (deadline.isOver()) return late;
  const { api } = session;
  const verification =
    api === undefined ? checkSignature(session, deps) : probe({ ...session, api }, deps);
  return Promise.race([verification, deadline.end.then(() => late)]);
}

async function probe(
  session: OldSession & { readonly api: string },
  deps: VerifyDeps,
): Promise<Verification> {
  try {
    await deps.probe(session);
    return { result: 'verified', text: 'the API accepts the token' };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (error.kind === 'forbidden') {
      return {
        result: 'verified',
        text: 'the API accepts the token, but the token lacks the required scope',
      };
    }
    const result = error.kind === 'unauthenticated' ? 'rejected' : 'unknown';
    return { result, text: error.message };
  }
}

async function checkSignature(session: OldSession, deps: VerifyDeps): Promise<Verification> {
  const algorithm = readJoseHeader(session.token.accessToken)?.['alg'];
  if (session.tokenFormat === 'opaque') {
    return { result: 'unknown', text: 'the token is opaque, so only the UAA can decode it' };
  }
  if (typeof algorithm === 'string' && algorithm.startsWith('HS')) {
    return { result: 'unknown', text: 'the UAA signs tokens with a shared key' };
  }
  try {
    await deps.verifySignature(session);
    return { result: 'verified', text: 'the UAA signed the token' };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // An error with a status is about the response, not about the signature.
    const isInvalid = error.kind === 'failed' && error.status === undefined;
    return { result: isInvalid ? 'rejected' : 'unknown', text: error.message };
  }
}

/** Compares the file with the claims of the token. @returns the differences as sentences. */
export function findMismatches(session: OldSession, { result }: Verification): readonly string[] {
  const { label, identity, uaa, token } = session;
  const issuer = findIssuer(token.accessToken.reveal());
  const isOtherHost = issuer !== undefined && new URL(issuer).hostname !== new URL(uaa).hostname;
  return [
    ...(label.toLowerCase() === identity.toLowerCase() || label === 'unknown'
      ? []
      : [`the file names ${label}, but the token belongs to ${identity}`]),
    // The issuer is only a setting of the UAA, which can have other addresses.
    ...(isOtherHost && result !== 'verified'
      ? [`${issuer} issued the token, but the file names ${uaa}`]
      : []),
  ];
}
