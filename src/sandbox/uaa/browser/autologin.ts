import {
  empty,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { isObject, parseJson } from '../../body.js';
import { authenticateClient, clientAuthError } from '../oauth/client-auth.js';
import { challenges, oauthError } from '../oauth/error.js';
import { authenticateUser, type LoginFailure } from '../oauth/user-authentication.js';
import type { Realm } from '../realm.js';
import { containerError, isForm, readParameters } from '../http/servlet-container.js';
import type { Principal } from './authorization-request.js';
import { startUserSession, updateSession } from './browser-session.js';
import { addCookies, jsonRejection, readSessionId } from './cookies.js';
import { createLoginError, failureDescriptions } from './credentials.js';
import { acceptsJson, redirectTo, toLocation } from './login-redirect.js';
import { withLanguage } from './views.js';

/**
 * Creates the routes of `/autologin`, for applications that have their own login page. The
 * application exchanges the user's name and password for a code, and redirects the browser to
 * `/autologin` or `/oauth/authorize` with the code, which logs the user in.
 *
 * @see UAA 4.30.0 `LoginInfoEndpoint`, `AutologinAuthenticationManager`
 */
export function autologinRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/autologin', (request) => {
      const { method } = request;
      if (readParameters(request).has('code')) return logInWithCode(request, realm);
      if (method === 'OPTIONS') return empty(200, { allow: 'POST,GET,HEAD' });
      if (method === 'POST') return createCode(request, realm);
      if (method === 'GET' || method === 'HEAD') {
        const cookies = updateSession(request, realm.state, {});
        return redirectAfterLogin(request, findSavedUrl(request, realm), cookies);
      }
      throw containerError(request, 405, { allow: 'POST, GET' });
    }),
  ];
}

function createCode(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { state } = realm;
  const client = authenticateClient(request, realm, { form: false });
  if (!client) throw clientAuthError();
  const { username, password } = readCredentials(request);
  if (username === undefined) throw clientAuthError('No username in request');
  if (password === undefined || password.trim() === '') {
    throw clientAuthError('No password in request');
  }
  if (username === '') throw containerError(request, 500);
  const user = authenticateUser(state, username, password);
  if (typeof user === 'string') throw createUserError(user);
  const code = state.autologinCodes.create({ clientId: client.id, userId: user.id });
  return json(200, { code, path: '/oauth/authorize' });
}

function createUserError(failure: LoginFailure) {
  const description = failureDescriptions[failure];
  return failure === 'unverified'
    ? oauthError(403, 'access_denied', description, { challenge: challenges.client })
    : clientAuthError(description);
}

interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Reads the body, which is JSON or a form. @throws ErrorResponse 400, 415 or 500. */
function readCredentials(request: SandboxRequest): Credentials {
  const { body, headers } = request;
  const type = headers['content-type'] ?? '';
  const isJson = /^\s*application\/json\b/i.test(type);
  if (body === '') throw containerError(request, 400);
  if (!isJson && !isForm(request)) throw containerError(request, 415);
  if (!isJson) {
    const fields = new URLSearchParams(body);
    return {
      username: fields.get('username') ?? undefined,
      password: fields.get('password') ?? undefined,
    };
  }
  const value = parseJson(body);
  const members = isObject(value) ? Object.entries(value) : undefined;
  if (!members || members.some(([, member]) => typeof member === 'object' && member !== null)) {
    throw containerError(request, 500);
  }
  // Numbers and booleans are converted to text.
  const find = (name: string) => {
    const member = members.find(([key]) => key === name)?.[1];
    if (typeof member === 'string') return member;
    return member === null || member === undefined ? undefined : JSON.stringify(member);
  };
  return { username: find('username'), password: find('password') };
}

function logInWithCode(request: SandboxRequest, realm: Realm): SandboxResponse {
  const savedUrl = findSavedUrl(request, realm);
  const login = redeemAutologinCode(request, realm);
  if ('response' in login) return login.response;
  if (request.method === 'GET') return redirectAfterLogin(request, savedUrl, login.cookies);
  // The real server also handles the form as a request for a code, which fails without a client.
  if (!acceptsJson(request)) return redirectTo(request, '/login', login.cookies);
  const error = 'No basic authorization client information in request';
  return addCookies(jsonRejection(error), login.cookies);
}

function findSavedUrl(request: SandboxRequest, { state }: Realm): string | undefined {
  return state.sessions.get(readSessionId(request))?.savedRequest?.url;
}

/** Redirects to the request that the user had to log in for, or to the home page. */
function redirectAfterLogin(
  request: SandboxRequest,
  savedUrl: string | undefined,
  cookies: readonly string[],
): SandboxResponse {
  const location = savedUrl ?? `${request.origin}/home`;
  const response = withLanguage(request, empty(302, { location: toLocation(location) }));
  return addCookies(response, cookies);
}

interface AutologinResult {
  readonly principal: Principal;
  readonly cookies: readonly string[];
}

/**
 * Logs in the user of a code, and invalidates the code.
 *
 * @returns the login, or the response to an invalid code.
 * @throws ErrorResponse 401 if the code was created for another client.
 */
export function redeemAutologinCode(
  request: SandboxRequest,
  { state }: Realm,
): AutologinResult | { readonly response: SandboxResponse } {
  if (!['GET', 'POST'].includes(request.method)) {
    throw createLoginError('Credentials must be sent by (one of methods): [POST, GET]');
  }
  const fields = readParameters(request);
  const login = state.autologinCodes.redeem(fields.get('code') ?? '');
  if (!login) return { response: containerError(request, 500).response };
  const client = state.clients.get(login.clientId);
  if (!client) throw createLoginError('Cannot redeem provided code for user, client is missing');
  const user = state.users.get(login.userId);
  if (!user) throw createLoginError('Cannot redeem provided code for user, user is missing');
  if (fields.get('client_id') !== client.id) {
    throw createLoginError('Cannot redeem provided code for user, client mismatch');
  }
  const cookies = startUserSession(request, state, user);
  return { principal: { user, authTime: Math.floor(state.now() / 1000) }, cookies };
}
