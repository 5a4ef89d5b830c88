import type { Client } from '../../api/uaa/clients.js';
import { isSameName } from '../../api/uaa/filters.js';
import { formatInstant } from '../../base/clock.js';
import type { Job } from '../auth/ci/exchange.js';
import { readTextClaim } from '../auth/claims.js';
import type { CiTrust } from './content.js';
import { findClientGaps } from './plan.js';

/** One result of `tpks uaa trust test`. */
export interface TrustCheck {
  readonly check: 'trust' | 'issuer' | 'audience' | 'subject' | 'times' | 'client' | 'login';
  readonly passed: boolean;
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string | undefined;
}

/** Compares an ID token with a trust. The UAA's own errors often do not show the difference. */
export function compareJob(trust: CiTrust, job: Job, now: Date): readonly TrustCheck[] {
  const { issuer = '', audience = '', subject = '', userClaim = 'sub' } = trust;
  const actual = readTextClaim(job.claims, userClaim) ?? '';
  return [
    {
      check: 'trust',
      passed: trust.complete,
      message: trust.complete ? 'complete' : 'incomplete: some of its objects do not exist',
      hint: trust.complete ? undefined : 'run tpks uaa trust add again',
    },
    compare('issuer', [job.issuer], issuer, job.issuer === issuer),
    compare('audience', job.audiences, audience, job.audiences.includes(audience)),
    compareSubject(actual, subject),
    checkTimes(job, now),
  ];
}

/** The UAA ignores the case of usernames, so a branch `MAIN` has the access of `main`. */
function compareSubject(actual: string, expected: string): TrustCheck {
  const result = compare('subject', [actual], expected, isSameName(actual, expected));
  if (!result.passed || actual === expected) return result;
  return { ...result, message: `${actual} (trusted: ${expected}; the UAA ignores case)` };
}

function compare(
  check: TrustCheck['check'],
  actual: readonly string[],
  expected: string,
  passed: boolean,
): TrustCheck {
  const value = actual.join(', ') || 'none';
  return { check, passed, message: passed ? value : `${value} (expected ${expected || 'none'})` };
}

function checkTimes({ expiresAt, validFrom }: Job, now: Date): TrustCheck {
  const check = 'times';
  if (expiresAt === undefined) {
    return { check, passed: false, message: 'the token has no expiration time (exp)' };
  }
  if (expiresAt <= now) {
    return { check, passed: false, message: `expired at ${formatInstant(expiresAt)}` };
  }
  if (validFrom !== undefined && validFrom > now) {
    return { check, passed: false, message: `not valid before ${formatInstant(validFrom)}` };
  }
  return { check, passed: true, message: `valid until ${formatInstant(expiresAt)}` };
}

/** @param client - `undefined` if it does not exist. */
export function checkTrustClient(
  trust: CiTrust,
  id: string,
  client: Client | undefined,
): TrustCheck {
  const gaps =
    client === undefined
      ? ['does not exist']
      : findClientGaps(client, { origin: trust.origin ?? '', scopes: trust.scopes }).map(
          (gap) => `lacks ${gap}`,
        );
  const passed = gaps.length === 0;
  return { check: 'client', passed, message: passed ? id : `${id}: ${gaps.join('; ')}` };
}
