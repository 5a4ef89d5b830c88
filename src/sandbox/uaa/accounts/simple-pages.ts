import { empty, ErrorResponse, route, type Route } from '../../router.js';
import { containerError, readParameters } from '../servlet-container.js';
import { renderPage } from '../browser/pages.js';
import {
  renderExternalErrorPage,
  renderFailurePage,
  renderInvalidRequestPage,
  renderIsland,
  escapeMarkup,
} from './page-html.js';
import { getMessage } from './messages.js';
import { addCookies, ensureSession, type Visit } from './page-security.js';
import { pageRoute, requireParameters, respond, type Handlers } from './page-route.js';
import { redirectView, type View } from './view.js';
import type { Realm } from '../realm.js';

const samlLogin = { access: 'user', hasCsrf: false, rejectsJson: true } as const;

/** Creates the routes of pages without data of the user: notices, errors and session checks. */
export function simplePageRoutes(realm: Realm): readonly Route[] {
  const open = (path: string, handlers: Handlers<Visit>) => openRoute(realm, path, handlers);
  return [
    open('/email_sent', { GET: showEmailSent }),
    open('/accounts/email_sent', { GET: () => ({ html: renderAccountEmailSent() }) }),
    open('/error', { any: showFailure }),
    open('/invalid_request', { any: () => ({ html: renderInvalidRequestPage() }) }),
    open('/oauth_error', { any: showExternalError }),
    open('/saml_error', { any: failWithoutSamlError }),
    ...['/session', '/session_management'].map((path) => open(path, { any: showSessionCheck })),
    ...['/error404', '/error500'].map((path) =>
      pageRoute(realm, path, { access: 'user' }, { any: showFailure }),
    ),
    pageRoute(realm, '/login_implicit', { access: 'anyone' }, { GET: showImplicitLogin }),
    pageRoute(realm, '/saml/idp/initiate', { access: 'user' }, { GET: rejectSamlRequest }),
    ...['', '/:a', '/:a/:b'].map((rest) =>
      pageRoute(realm, `/saml/idp/SSO${rest}`, samlLogin, { any: failWithoutProvider }),
    ),
    ...(realm.settings.behaviour.hasMfa ? ['register', 'manual', 'verify'] : []).map((name) =>
      pageRoute(realm, `/login/mfa/${name}`, { access: 'user' }, { GET: failWithoutProvider }),
    ),
    route('*', '/delete_saved_account', (request) => {
      const cookie = `Saved-Account-${String(readParameters(request).get('userId'))}=`;
      const expired = 'Max-Age=0; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/login';
      return addCookies(redirectView(request, '/login'), [`${cookie}; ${expired}`]);
    }),
  ];
}

/** Creates the route of a page without security filters. */
function openRoute({ state }: Realm, path: string, handlers: Handlers<Visit>): Route {
  return route('*', path, (request, params) => {
    const cookies: string[] = [];
    const visitor = { user: undefined, invited: undefined, csrfToken: undefined };
    const response = respond(request, { request, state, cookies, ...visitor }, handlers, params);
    return addCookies(response, cookies);
  });
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
  return { html: renderFailurePage() };
}

function showExternalError({ request }: Visit): View {
  const error = readParameters(request).get('error');
  return { html: renderExternalErrorPage('', ...(error === null ? [] : [error])) };
}

/** The page needs the error of an earlier request, which creates a session. */
function failWithoutSamlError(visit: Visit): never {
  ensureSession(visit);
  throw containerError(visit.request, 500);
}

function failWithoutProvider({ request }: Visit): never {
  throw containerError(request, 500);
}

/** The page for the iframe in which an application checks whether the user is still logged in. */
function showSessionCheck({ request }: Visit): View {
  const model = requireParameters(request, 'clientId', 'messageOrigin');
  return { html: '<!DOCTYPE html><html><head></head></html>', model };
}

function showImplicitLogin(): View {
  return {
    html: renderPage('<h1>One more step!</h1><form method="post" action=""></form>'),
  };
}

const missingSp =
  'Missing sp request parameter. sp parameter must be a valid and configured entity ID';

function rejectSamlRequest({ request }: Visit): View {
  if (readParameters(request).get('sp')) throw new ErrorResponse(empty(400));
  return { status: 400, html: renderExternalErrorPage(missingSp) };
}
