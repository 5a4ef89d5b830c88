import { statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { randomBytes } from 'node:crypto';
import type { SandboxRequest } from '../../router.js';
import type { Realm } from '../realm.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';
import { readSessionId } from './cookies.js';
import { parseLoginHint } from '../oauth/user-login.js';

/**
 * The options on the login page. They depend on the login hint, and on the client that requested
 * the login.
 */
export interface LoginState {
  /**
   * The hint to submit with the form: the client's only provider, or the valid hint of the request.
   */
  readonly loginHint: string | undefined;
  readonly error: 'invalid_login_hint' | undefined;
  /** Whether users can log in with a password. */
  readonly hasForm: boolean;
  /** Whether an identity provider with passwords is active. */
  readonly hasPasswords: boolean;
  readonly savedUrl: string | undefined;
  /** The external providers that users can choose. */
  readonly providers: readonly IdentityProvider[];
  /** The external provider that the login hint selects. */
  readonly target: IdentityProvider | undefined;
}

/**
 * Reads the parameter `login_hint`, and the saved authorization request of the session.
 *
 * @throws ErrorResponse 500 if the hint matches several providers.
 * @see UAA 4.30.0 `LoginInfoEndpoint`
 */
export function readLoginState(request: SandboxRequest, { state }: Realm): LoginState {
  const saved = state.sessions.get(readSessionId(request))?.savedRequest;
  const clientId = saved?.url.includes('/oauth/authorize') ? saved.fields.get('client_id') : null;
  const allowed = state.clients.get(clientId ?? '')?.information['allowedproviders'];
  const isAllowed = (origin: string) => !Array.isArray(allowed) || allowed.includes(origin);
  const text = saved?.fields.get('login_hint') ?? readParameters(request).get('login_hint');
  const hint = parseLoginHint(text);
  const isInternal = hint?.origin === 'uaa' || hint?.origin === 'ldap';
  const isValid = isInternal && isAllowed(hint.origin);
  const providers = findExternalProviders(state).filter(({ originKey }) => isAllowed(originKey));
  const target = text === null || isInternal ? undefined : findTarget(request, providers, text);
  const clientHint = Array.isArray(allowed) ? findClientHint(isAllowed) : undefined;
  const hasPasswords = state.providers.some(
    ({ active, originKey }) => active && (originKey === 'uaa' || originKey === 'ldap'),
  );
  return {
    loginHint: clientHint ?? (isValid ? (text ?? undefined) : undefined),
    error: hint && !isValid && !target ? 'invalid_login_hint' : undefined,
    hasForm: hasPasswords && ['ldap', 'uaa', 'keystone'].some(isAllowed),
    hasPasswords,
    savedUrl: saved?.url,
    providers: isValid ? [] : providers,
    target,
  };
}

const externalTypes = ['saml', 'oauth2.0', 'oidc1.0'];

function findExternalProviders({ providers }: State): readonly IdentityProvider[] {
  return providers.filter(({ active, type }) => active && externalTypes.includes(type));
}

/** Finds the provider that matches a hint, which is JSON with an origin, or an email domain. */
function findTarget(
  request: SandboxRequest,
  providers: readonly IdentityProvider[],
  text: string,
): IdentityProvider | undefined {
  const hint = parseLoginHint(text);
  if (hint) return providers.find(({ originKey }) => originKey === hint.origin);
  const matching = providers.filter(({ config }) => {
    const domains = config?.['emailDomain'];
    return Array.isArray(domains) && domains.includes(text);
  });
  if (matching.length > 1) throw statusError(request, 500);
  return matching[0];
}

/** Creates a hint if the client allows only one of the providers with passwords. */
function findClientHint(isAllowed: (origin: string) => boolean): string | undefined {
  if (!['ldap', 'uaa', 'keystone'].some(isAllowed)) return undefined;
  if (!isAllowed('uaa')) return '{"origin":"ldap"}';
  return isAllowed('ldap') ? undefined : '{"origin":"uaa"}';
}

/** Whether the login page has a link to the provider. */
export function hasLink({ type, config }: IdentityProvider): boolean {
  return config?.[type === 'saml' ? 'showSamlLink' : 'showLinkText'] === true;
}

/** Returns where a login at a provider starts: a path of this server, or a URL. */
export function createProviderUrl(
  { originKey, type, config }: IdentityProvider,
  { origin }: SandboxRequest,
): string {
  if (type === 'saml') {
    return (
      `/saml/discovery?returnIDParam=idp&entityID=cloudfoundry-saml-login&idp=${originKey}` +
      '&isPassive=true'
    );
  }
  const settings = config ?? {};
  const authUrl = String(settings['authUrl']);
  const scopes = Array.isArray(settings['scopes']) ? settings['scopes'] : [];
  const query = new URLSearchParams({
    response_type: String(settings['responseType']),
    redirect_uri: `${origin}/login/callback/${originKey}`,
    state: createRandomText(10),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(type === 'oidc1.0' && { nonce: createRandomText(12) }),
  });
  // The real server does not encode the client id.
  const clientId = String(settings['relyingPartyId']);
  return `${authUrl}${authUrl.includes('?') ? '&' : '?'}client_id=${clientId}&${query.toString()}`;
}

function createRandomText(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length);
}
