import type { SandboxRequest } from '../../router.js';
import { parseLoginHint } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import { findSession } from './cookies.js';

interface LoginOptions {
  /** The provider to log in with, as the JSON that the form submits; undefined for any. */
  readonly hint: string | undefined;
  readonly error: 'invalid_login_hint' | undefined;
  /** Whether the client accepts users who log in with a password. */
  readonly hasForm: boolean;
  /** Names of other identity providers. The sandbox does not support logins at them. */
  readonly otherProviders: readonly string[];
}

/**
 * Finds out how a user can log in. This depends on the parameter `login_hint` and on the client whose
 * authorization request led to the login page.
 */
export function findLoginOptions(request: SandboxRequest, { state }: Realm): LoginOptions {
  const { savedUrl = request.origin } = findSession(request, state) ?? {};
  const saved = new URL(savedUrl).searchParams;
  const allowed = state.clients.get(saved.get('client_id') ?? '')?.information['allowedproviders'];
  const isAllowed = (origin: string) => !Array.isArray(allowed) || allowed.includes(origin);
  const internal = ['uaa', 'ldap'].filter(isAllowed);
  const external = state.providers.filter(
    ({ active, type, originKey }) =>
      active && ['saml', 'oauth2.0', 'oidc1.0'].includes(type) && isAllowed(originKey),
  );
  const text = saved.get('login_hint') ?? readParameters(request).get('login_hint');
  const origin = parseLoginHint(text)?.origin;
  const isInternal = internal.some((name) => name === origin);
  const isKnown = isInternal || external.some(({ originKey }) => originKey === origin);
  const clientHint =
    Array.isArray(allowed) && internal.length === 1
      ? JSON.stringify({ origin: internal[0] })
      : undefined;
  return {
    hint: clientHint ?? (isInternal ? (text ?? undefined) : undefined),
    error: origin !== undefined && !isKnown ? 'invalid_login_hint' : undefined,
    hasForm: internal.length > 0,
    otherProviders: external
      .filter(({ type, config }) => config?.[type === 'saml' ? 'showSamlLink' : 'showLinkText'])
      .map(({ name }) => name),
  };
}
