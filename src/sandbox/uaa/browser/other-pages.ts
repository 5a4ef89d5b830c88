import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import { readEntityId } from '../providers/saml-provider.js';
import type { State } from '../store/state.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { noStore } from './authorization-location.js';
import { updateSession } from './browser-session.js';
import { addCookies, formatExpiredCookie, readSessionId } from './cookies.js';
import { redirectTo } from './login-redirect.js';
import { renderImplicitPage } from './pages.js';
import { renderView, withLanguage } from './views.js';

/** Creates the routes for logins at other identity providers, and for saved accounts. */
export function otherPageRoutes(realm: Realm): readonly Route[] {
  return [
    ...['/login/callback', '/login/callback/:origin'].map((path) =>
      route('*', path, (request, { origin }) => handleCallback(request, realm, origin)),
    ),
    route('*', '/delete_saved_account', (request) => deleteSavedAccount(request, realm)),
    ...samlRoutes(realm),
  ];
}

/**
 * Handles the redirect back from another identity provider. The sandbox does not support any of
 * them, so the login always fails.
 */
function handleCallback(request: SandboxRequest, { state }: Realm, origin = ''): SandboxResponse {
  if (!['GET', 'HEAD'].includes(request.method)) {
    throw containerError(request, 405, { allow: 'GET' });
  }
  const fields = readParameters(request);
  if (!['code', 'id_token', 'access_token'].some((name) => fields.has(name))) {
    return renderView(request, { html: renderImplicitPage, data: () => ({}) });
  }
  // A failed login logs out the current user.
  const session = state.sessions.get(readSessionId(request));
  if (session) state.sessions.put({ id: session.id, savedRequest: session.savedRequest });
  const isKnown = state.providers.some(({ originKey }) => originKey === origin);
  const problem = isKnown ? unusableProvider : unknownProvider;
  const error = `There was an error when authenticating against the external identity provider: ${problem}`;
  return redirectTo(request, `/oauth_error?${new URLSearchParams({ error }).toString()}`);
}

const unknownProvider = 'Could not resolve identity provider with given origin.';
const unusableProvider =
  'Cannot invoke "org.springframework.security.core.Authentication.getPrincipal()" because ' +
  '"authentication" is null';

function deleteSavedAccount(request: SandboxRequest, realm: Realm): SandboxResponse {
  if (!['GET', 'HEAD'].includes(request.method)) return failInSession(request, realm, 403);
  const name = `Saved-Account-${readParameters(request).get('userId') ?? 'null'}`;
  const cookie = formatExpiredCookie(name, '/login');
  return withLanguage(request, redirectTo(request, '/login', [cookie]));
}

/** Creates the routes for SAML. Logins fail, because the sandbox sends no SAML messages. */
function samlRoutes(realm: Realm): readonly Route[] {
  const redirectInSession = (request: SandboxRequest, path: string): SandboxResponse => ({
    ...redirectTo(request, path, updateSession(request, realm.state, {})),
    isUnfiltered: true,
  });
  return [
    route('*', '/saml/discovery', (request) => {
      const fields = readParameters(request);
      if (!fields.has('entityID')) return toUnfiltered(containerError(request, 500).response);
      if (!isDiscoveryRequest(fields)) return toUnfiltered(failInSession(request, realm));
      const alias = fields.get(fields.get('returnIDParam') ?? 'idp');
      const entityId = alias === null ? undefined : findEntityId(realm.state, alias);
      if (entityId !== undefined) {
        const name = fields.get('returnIDParam') ?? 'entityID';
        const query = `disco=true&${name}=${encodeURIComponent(entityId)}`;
        return redirectInSession(request, `/saml/login/alias/cloudfoundry-saml-login?${query}`);
      }
      return redirectInSession(request, '/login?error=idp_not_found');
    }),
    route('*', '/saml/SSO/alias/:id', (request) => redirectInSession(request, '/saml_error')),
    ...['/saml/login', '/saml/SingleLogout/alias/:id'].map((path) =>
      route('*', path, (request) => toUnfiltered(failInSession(request, realm))),
    ),
  ];
}

/** Whether the UAA accepts a discovery request: it accepts only its own entity id. */
function isDiscoveryRequest(fields: URLSearchParams): boolean {
  const policy = 'urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol:single';
  return (
    fields.get('entityID') === 'cloudfoundry-saml-login' &&
    !fields.has('return') &&
    (fields.get('policy') ?? policy) === policy
  );
}

function findEntityId({ providers }: State, alias: string): string | undefined {
  const provider = providers.find(
    ({ active, type, originKey }) => active && type === 'saml' && originKey === alias,
  );
  return provider && readEntityId(provider);
}

/**
 * Marks an error that is reported before most filters have run, so that their headers are missing.
 * Only the JSON view has its own header to disable caching.
 */
function toUnfiltered(response: SandboxResponse): SandboxResponse {
  const headers = { ...response.headers, ...(response.body === '{}' && noStore) };
  return { ...response, headers, isUnfiltered: true };
}

/** Creates a session before failing, like the real server. */
function failInSession(request: SandboxRequest, { state }: Realm, status = 500): SandboxResponse {
  const cookies = updateSession(request, state, {});
  return addCookies(containerError(request, status).response, cookies);
}
