import type { SandboxRequest } from '../../router.js';
import { parseLoginHint } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import { acceptsProvider } from '../store/identities.js';
import { findSession } from './pages.js';

interface LoginOptions {
  /** The provider to log in with, as the JSON that the form submits; undefined for any. */
  readonly hint: string | undefined;
  readonly error: 'invalid_login_hint' | undefined;
  /** Whether the client accepts users who log in with a password. */
  readonly hasForm: boolean;
  /** Names of other identity providers. The sandbox does not support logins with these. */
  readonly otherProviders: readonly string[];
}

/**
 * Determines how a user can log in. This depends on the parameter `login_hint` and on the client that sent
 * the authorization request.
 */
export function findLoginOptions(request: SandboxRequest, { state }: Realm): LoginOptions {
  const { savedUrl = request.origin } = findSession(request, state) ?? {};
  const saved = new URL(savedUrl).searchParams;
  const client = state.clients.get(saved.get('client_id') ?? '');
  const isAccepted = (key: string) => client === undefined || acceptsProvider(client, key);
  const internalKeys = ['uaa', 'ldap'].filter(isAccepted);
  const externalProviders = state.providers.filter(
    ({ active, type, originKey }) =>
      active && ['saml', 'oauth2.0', 'oidc1.0'].includes(type) && isAccepted(originKey),
  );
  const hint = saved.get('login_hint') ?? readParameters(request).get('login_hint');
  const hintedKey = parseLoginHint(hint);
  const isInternal = hintedKey !== undefined && internalKeys.includes(hintedKey);
  const isKnown = isInternal || externalProviders.some(({ originKey }) => originKey === hintedKey);
  const requestedHint = isInternal && hint !== null ? hint : undefined;
  const [onlyKey, ...otherKeys] = internalKeys;
  const hasOneKey = onlyKey !== undefined && otherKeys.length === 0;
  return {
    hint: hasOneKey ? JSON.stringify({ origin: onlyKey }) : requestedHint,
    error: hintedKey !== undefined && !isKnown ? 'invalid_login_hint' : undefined,
    hasForm: internalKeys.length > 0,
    otherProviders: externalProviders
      .filter(({ type, config }) => config?.[type === 'saml' ? 'showSamlLink' : 'showLinkText'])
      .map(({ name }) => name),
  };
}
