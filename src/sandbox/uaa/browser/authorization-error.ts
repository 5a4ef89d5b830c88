import { statusError } from '../errors.js';
import { escapeHtml, readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import type { Session } from '../store/sessions.js';
import { describeAuthorization } from './authorization-json.js';
import { AuthorizationError, DisallowedProviderError } from './authorization-failure.js';
import { createErrorLocation, noStore } from './authorization-location.js';
import { renderAuthorizationErrorPage, renderOtherProviderPage } from './pages.js';
import { InvalidUriError, RedirectUriError, resolveRedirectUri } from './redirect-uri.js';
import { renderView } from './views.js';

/**
 * Creates the response to an error in an authorization request.
 *
 * @param session - if it contains a request that waits for consent, that request is used instead of
 *   the parameters, as on the real server.
 * @throws any other error unchanged.
 */
export function respondToError(
  error: unknown,
  request: SandboxRequest,
  realm: Realm,
  session: Session | undefined,
): SandboxResponse {
  if (error instanceof InvalidUriError) return statusError(request, 500).response;
  if (error instanceof DisallowedProviderError) {
    return renderOtherProvider(error, request, realm);
  }
  if (!(error instanceof AuthorizationError)) throw error;
  if (error.details.isForUser !== true) {
    const location = findErrorLocation(error, request, realm, session);
    if (location === 'invalid') return statusError(request, 500).response;
    if (location !== undefined) return empty(302, { location });
  }
  const { message, details } = error;
  const body = { error: error.error, error_description: escapeHtml(message) };
  const { pending } = session ?? {};
  return renderView(
    request,
    {
      html: () => renderAuthorizationErrorPage([details.notice, message]),
      data: () =>
        pending ? { error: body, authorizationRequest: describeAuthorization(pending) } : body,
    },
    { status: details.status ?? 400, headers: noStore },
  );
}

/**
 * Finds the URL that reports an error to the client.
 *
 * @returns undefined if the redirect URI is rejected; `invalid` if it makes the real server fail.
 */
function findErrorLocation(
  error: AuthorizationError,
  request: SandboxRequest,
  { state }: Realm,
  session: Session | undefined,
): string | undefined {
  const fields = session?.pending?.fields ?? readParameters(request);
  const client = state.clients.get(fields.get('client_id') ?? '');
  if (!client) return undefined;
  try {
    const redirectUri = resolveRedirectUri(fields.get('redirect_uri'), client);
    return createErrorLocation(error, { redirectUri, fields });
  } catch (failure) {
    if (failure instanceof RedirectUriError) return undefined;
    if (failure instanceof InvalidUriError) return 'invalid';
    throw failure;
  }
}

function renderOtherProvider(
  { message }: Error,
  request: SandboxRequest,
  { state }: Realm,
): SandboxResponse {
  const id = readParameters(request).get('client_id') ?? '';
  const name = state.clients.get(id)?.information['name'];
  const displayName = typeof name === 'string' ? name : id;
  const redirect = `${request.origin}${request.path}?${formatParameters(request)}`;
  const data = {
    client_display_name: displayName,
    redirect,
    error: message,
    error_message_code: 'login.invalid_idp',
  };
  return renderView(
    request,
    { html: () => renderOtherProviderPage(displayName, redirect), data: () => data },
    { status: 401, headers: noStore },
  );
}

/** Formats all parameters as a query. The parameters of a POST are in the order of a Java map. */
function formatParameters(request: SandboxRequest): string {
  const fields = readParameters(request);
  const names = [...new Set(fields.keys())];
  return names
    .flatMap((name) => fields.getAll(name).map((value) => `${name}=${encodeFormValue(value)}`))
    .join('&');
}

function encodeFormValue(value: string): string {
  return new URLSearchParams({ value }).toString().slice('value='.length);
}
