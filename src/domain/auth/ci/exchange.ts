import { formatDuration, formatInstant } from '../../../base/clock.js';
import { isTpksError, rewordError, TpksError, type Fact } from '../../../base/errors.js';
import type { Secret } from '../../../base/secret.js';
import { quoteForShell } from '../../../base/shell-quote.js';
import { readClaims, readTextClaim, readTimeClaim, type Claims } from '../claims.js';
import type { Grants } from '../grants.js';
import type { Token } from '../token.js';
import { formatTrustAdd } from './systems.js';

export interface Exchange {
  readonly idToken: Secret;
  readonly uaa: string;
  readonly clientId: string;
}

/**
 * Exchanges the ID token of a CI job for tokens of the UAA.
 * @throws {TpksError} `usage` for a text that is not a JWT; `unauthenticated`, with the cause and the command
 *   that fixes it, if the UAA rejects the token or grants no scope.
 * @see docs/contributing/servers/ci.md#exchange
 */
export async function exchangeIdToken(
  exchange: Exchange,
  { grants, now }: { readonly grants: Pick<Grants, 'jwtBearer'>; readonly now: () => Date },
): Promise<Token> {
  const job = readJob(exchange.idToken);
  const token = await grants.jwtBearer({ assertion: exchange.idToken }).catch((error: unknown) => {
    throw explainRejection(error, job, exchange, now());
  });
  const isUseless = token.scope.split(' ').every((scope) => ['', 'openid'].includes(scope));
  if (isUseless) throw missingScopeError(job, exchange);
  return token;
}

/** The job that an ID token was issued to. The UAA verifies the claims; tpks does not. */
export interface Job {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly expiresAt: Date | undefined;
  readonly validFrom: Date | undefined;
  readonly claims: Claims;
}

/** @throws {TpksError} `usage` if the text is not a JWT. */
export function readJob(idToken: Secret): Job {
  const claims = readClaims(idToken);
  if (claims === undefined) {
    throw new TpksError('usage', 'The ID token is not a JWT', {
      hint: 'check the file or the variable that contains it',
    });
  }
  const { aud } = claims;
  return {
    issuer: readTextClaim(claims, 'iss') ?? '',
    subject: readTextClaim(claims, 'sub') ?? '',
    audiences: (Array.isArray(aud) ? aud : [aud]).filter((each) => typeof each === 'string'),
    expiresAt: readTimeClaim(claims, 'exp'),
    validFrom: readTimeClaim(claims, 'nbf'),
    claims,
  };
}

/** The error for a login whose token has none of the scopes that the PKS API accepts. */
export function missingScopeError(
  job: Job,
  { uaa, clientId }: Omit<Exchange, 'idToken'>,
): TpksError {
  const command = formatTrustCommand(job, { uaa, clientId, scope: 'pks.clusters.manage' });
  return new TpksError('unauthenticated', 'The UAA granted this job no PKS scope', {
    hint: `an administrator can grant one: ${command}`,
    facts: listFacts(job),
  });
}

/** The command that lets this job log in. */
function formatTrustCommand(
  { issuer, subject, audiences }: Job,
  { uaa, clientId, scope }: Omit<Exchange, 'idToken'> & { readonly scope?: string },
): string {
  const audience = audiences.includes(uaa) ? undefined : audiences[0];
  return formatTrustAdd({ issuer, subject }, { audience, clientId, scope });
}

/**
 * Explains how to let this job log in.
 * @param introduction - text before the command.
 */
export function adviseTrust(
  job: Job,
  exchange: Omit<Exchange, 'idToken'>,
  introduction: string,
): string {
  return /^repo:[^:]+:pull_request$/.test(job.subject)
    ? 'GitHub gives all pull requests of a repository the same subject; name an environment in the job instead: environment: NAME'
    : `${introduction}: ${formatTrustCommand(job, exchange)}`;
}

function listFacts({ issuer, subject, audiences }: Job): readonly Fact[] {
  return [
    ['Issuer', issuer],
    ['Subject', subject],
    ['Audience', audiences.join(', ')],
  ];
}

/** The UAA's own message often does not show the cause, so the claims are compared here. */
function explainRejection(error: unknown, job: Job, exchange: Exchange, now: Date): unknown {
  if (!isTpksError(error)) return error;
  const { message, hint } = findCause(error, job, exchange, now);
  const isRejected = error.kind === 'unauthenticated' || error.kind === 'failed';
  if (!isRejected) return error.status === 500 ? rewordError(error, { hint }) : error;
  return new TpksError('unauthenticated', message, {
    hint,
    facts: listFacts(job),
    status: error.status,
    // No OAuth code: unlike a rejected refresh token, a rejected ID token does not end a session.
    cause: error,
  });
}

interface Cause {
  readonly message: string;
  readonly hint: string;
}

/** @see docs/contributing/servers/ci.md#exchange-errors */
function findCause(error: TpksError, job: Job, { uaa, clientId }: Exchange, now: Date): Cause {
  const { host } = new URL(uaa);
  const { issuer, subject, audiences, expiresAt, validFrom } = job;
  const trust = adviseTrust(job, { uaa, clientId }, 'an administrator can add the trust');
  const { message } = error;
  if (/^Unable to map issuer/.test(message)) {
    return { message: `${host} does not trust the issuer ${issuer}`, hint: trust };
  }
  const expired = {
    message: `The ID token expired${describeAge(expiresAt, now)}`,
    hint: 'request a new one, and check the clock of this machine',
  };
  if (/^Token expired|EXP claim/i.test(message)) return expired;
  const [, expectedAudience] = /not in the token audience: (.*)/.exec(message) ?? [];
  if (expectedAudience !== undefined || /AUD claim/.test(message)) {
    return {
      message: `The ID token has the wrong audience: ${audiences.join(', ') || 'none'}`,
      hint:
        expectedAudience === undefined
          ? 'set the audience: tpks login --ci --audience, or aud in the CI configuration'
          : `${host} expects ${expectedAudience}: tpks login --ci --audience ${quoteForShell(expectedAudience)}, or aud in the CI configuration`,
    };
  }
  if (/must be pre-created|Unable to register user/.test(message)) {
    const environment = /^repo:[^:]+:ref:/.test(subject)
      ? 'if the trust is for an environment, add this line to the job: environment: NAME\notherwise, '
      : '';
    return {
      message: `${host} does not trust the subject ${subject}`,
      hint: `${environment}${trust}`,
    };
  }
  if (/^Unauthorized grant type/.test(message)) {
    return {
      message: `The client ${clientId} does not allow CI logins`,
      hint: 'use a client that tpks uaa trust add created (--client-name or TPKS_CLIENT_NAME)',
    };
  }
  if (/Bad credentials/i.test(message)) {
    return {
      message: `The UAA at ${host} has no client ${clientId}, or the client requires a secret`,
      hint: `check --client-name or TPKS_CLIENT_NAME\n${trust}`,
    };
  }
  if (/not authorized for specified user/.test(message)) {
    return { message: `The client ${clientId} does not accept the issuer ${issuer}`, hint: trust };
  }
  // After the messages that name a cause, because the clock of this machine may be wrong.
  if (expiresAt !== undefined && expiresAt < now) return expired;
  if (validFrom !== undefined && validFrom > now) {
    return {
      message: `The ID token is not valid before ${formatInstant(validFrom)}`,
      hint: 'check the clock of this machine',
    };
  }
  if (/verify token signature/.test(message)) {
    return {
      message: `${host} could not verify the signature of the ID token`,
      hint: `the UAA may still use old keys of ${issuer}: try again after ten minutes; if the trust was added with --token-key, an administrator must replace the key`,
    };
  }
  if (error.status === 500) {
    return {
      message,
      hint: `the UAA may be unable to read the keys of ${issuer}; if it has no access to this host, an administrator can add the trust with --token-key FILE`,
    };
  }
  return {
    message: `${host} rejected the ID token: ${message}`,
    hint: 'an administrator can compare these values with the trusts: tpks uaa trust list',
  };
}

function describeAge(expiresAt: Date | undefined, now: Date): string {
  if (expiresAt === undefined) return '';
  const seconds = Math.round((now.getTime() - expiresAt.getTime()) / 1000);
  return seconds > 0 ? ` ${formatDuration(seconds)} ago` : ` at ${formatInstant(expiresAt)}`;
}
