import type { AuthorizationRequest } from './authorization-request.js';
import type { Realm } from '../realm.js';
import { findScopesToConsent } from '../oauth/scopes.js';

/** Finds the scopes that the user has neither approved nor denied yet. */
export function findUndecidedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  return findConsentScopes(authorization).filter(
    (scope) => findDecision(authorization, scope, realm) === undefined,
  );
}

/** Finds the scopes that require the user's consent. */
function findConsentScopes({ client, scope }: AuthorizationRequest): readonly string[] {
  return findScopesToConsent(client, scope);
}

/** Returns whether the user has approved a scope; undefined if the user has not decided yet. */
function findDecision(
  { client, user }: AuthorizationRequest,
  scope: string,
  { state }: Realm,
): boolean | undefined {
  return state.approvals.get({ userId: user.id, clientId: client.id, scope });
}

/** Finds the scopes to grant: those that are approved, or that do not require consent. */
export function findApprovedScopes(
  authorization: AuthorizationRequest,
  realm: Realm,
): readonly string[] {
  const scopesToConsent = new Set(findConsentScopes(authorization));
  return authorization.scope.filter(
    (scope) => !scopesToConsent.has(scope) || findDecision(authorization, scope, realm) === true,
  );
}

/** The scopes on the consent page. */
interface ConsentScopes {
  readonly undecided: readonly string[];
  /** All scopes that the user has approved for the client, even if they were not requested. */
  readonly approved: readonly string[];
  /** All scopes that the user has denied to the client, even if they were not requested. */
  readonly denied: readonly string[];
}

/** Finds the scopes on the consent page. As in UAA, patterns for automatic approval are ignored. */
export function findScopesOnPage(
  { client, user, scope }: AuthorizationRequest,
  { state }: Realm,
): ConsentScopes {
  const isAutomatic = (name: string) =>
    client.autoapprove.includes('true')
      ? client.scopes.includes(name)
      : client.autoapprove.includes(name);
  const decisions = state.approvals
    .findByUserAndClient(user.id, client.id)
    .filter((decision) => !isAutomatic(decision.scope));
  const findAll = (isApproved: boolean) =>
    decisions.filter((decision) => decision.isApproved === isApproved).map((one) => one.scope);
  const decided = decisions.map((decision) => decision.scope);
  return {
    undecided: scope.filter((name) => !decided.includes(name) && !isAutomatic(name)),
    approved: findAll(true),
    denied: findAll(false),
  };
}

/**
 * Stores the decisions from the consent page. Scopes that are not checked are denied.
 *
 * @param checkedScopes - the scopes that the user has checked.
 * @returns the scopes to grant.
 */
export function storeDecisions(
  authorization: AuthorizationRequest,
  checkedScopes: ReadonlySet<string>,
  { state }: Realm,
): readonly string[] {
  const { client, user, scope } = authorization;
  const toConsent = new Set(findConsentScopes(authorization));
  const isGranted = (name: string) => checkedScopes.has(name) || !toConsent.has(name);
  for (const name of scope) {
    // If nothing is checked, only denials are stored.
    if (checkedScopes.size === 0 && isGranted(name)) continue;
    state.approvals.put({ userId: user.id, clientId: client.id, scope: name }, isGranted(name));
  }
  return scope.filter(isGranted);
}
