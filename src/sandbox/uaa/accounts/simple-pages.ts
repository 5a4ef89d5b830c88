import { escapeMarkup } from '../http/html-escape.js';
import { renderErrorPage, renderImplicitPage, renderInvalidRequestPage } from '../browser/pages.js';
import { empty, ErrorResponse, type Route } from '../../router.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { renderExternalErrorPage, renderIsland } from './page-html.js';
import { getMessage } from './messages.js';
import { ensureSession, type Visit } from './visit.js';
import { pageRoute, requireParameters } from './page-route.js';
import type { View } from './view.js';
import type { Realm } from '../realm.js';

/** Creates the routes of pages that show no user data: notices, errors and session checks. */
export function simplePageRoutes(realm: Realm): readonly Route[] {
  return [
    pageRoute(realm, '/email_sent', { GET: showEmailSent }),
    pageRoute(realm, '/accounts/email_sent', { GET: () => ({ html: renderAccountEmailSent() }) }),
    pageRoute(realm, '/error', { any: showFailure }),
    pageRoute(realm, '/invalid_request', { any: () => ({ html: renderInvalidRequestPage() }) }),
    pageRoute(realm, '/oauth_error', { any: showExternalError }),
    pageRoute(realm, '/saml_error', { any: failWithoutSamlError }),
    ...['/session', '/session_management'].map((path) =>
      pageRoute(realm, path, { any: showSessionCheck }),
    ),
    ...['/error404', '/error500'].map((path) => pageRoute(realm, path, { any: showFailure })),
    pageRoute(realm, '/login_implicit', { GET: () => ({ html: renderImplicitPage() }) }),
    pageRoute(realm, '/saml/idp/initiate', { any: rejectSamlRequest }),
    ...['', '/:a', '/:a/:b'].map((rest) =>
      pageRoute(realm, `/saml/idp/SSO${rest}`, { any: failWithoutProvider }),
    ),
    ...(realm.settings.behaviour.hasMfa ? ['register', 'manual', 'verify'] : []).map((name) =>
      pageRoute(realm, `/login/mfa/${name}`, { GET: failWithoutProvider }),
    ),
  ];
}

function showEmailSent({ request }: Visit): View {
  const code = readParameters(request).get('code') ?? '';
  const text = escapeMarkup(getMessage(`email_sent.${code}`));
  const content = `<p>${text}</p><a href="/login">Back to Sign In</a>`;
  return { html: renderIsland('Instructions Sent', content), model: { code } };
}

function renderAccountEmailSent(): string {
  const text = getMessage('email_sent.activation');
  const content = `<p>${text}</p><a href="/create_account">Resend activation email</a>`;
  return renderIsland('Create your account', content);
}

function showFailure(): View {
  return { html: renderErrorPage() };
}

function showExternalError({ request }: Visit): View {
  const error = readParameters(request).get('error');
  return { html: renderExternalErrorPage('', ...(error === null ? [] : [error])) };
}

/**
 * Fails because the page shows the error of an earlier SAML request, and the sandbox never stores
 * one. The real server creates a session to look for it.
 */
function failWithoutSamlError(visit: Visit): never {
  ensureSession(visit);
  throw containerError(visit.request, 500);
}

function failWithoutProvider({ request }: Visit): never {
  throw containerError(request, 500);
}

/**
 * Shows the page that applications embed as an iframe to check whether the user is still logged in.
 */
function showSessionCheck({ request }: Visit): View {
  const model = requireParameters(request, 'clientId', 'messageOrigin');
  return { html: '<!DOCTYPE html><html><head></head></html>', model };
}

const missingSp =
  'Missing sp request parameter. sp parameter must be a valid and configured entity ID';

function rejectSamlRequest({ request }: Visit): View {
  if (readParameters(request).get('sp')) throw new ErrorResponse(empty(400));
  return { status: 400, html: renderExternalErrorPage(missingSp) };
}
