import {
  empty,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { readJsonObject } from '../http/json-request.js';
import { containerError } from '../http/servlet-container.js';
import { scimError } from '../scim/error.js';
import { selectExceptionType } from '../http/negotiation.js';
import { emailCodeMilliseconds, emailIntent, isEmailInUse } from './email-pages.js';
import { readClient, respond, type Handlers } from './page-route.js';
import { createResetCode, resetPassword } from './password-reset.js';
import { toJavaString } from '../java/json-text.js';
import { authenticateCaller } from '../oauth/bearer.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';

/** A request whose token the filter chain has accepted. */
interface Call {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly caller: CheckedToken;
}

/**
 * Creates the routes that external login pages use to reset passwords and change email addresses.
 */
export function accountApiRoutes(realm: Realm): readonly Route[] {
  return [
    apiRoute(realm, '/password_resets', { POST: createReset }),
    apiRoute(realm, '/password_change', { POST: changePassword }),
    apiRoute(realm, '/email_verifications', { POST: createEmailCode }),
    apiRoute(realm, '/email_changes', { POST: changeEmail }),
  ];
}

/** Creates the route of an API. The filter chain has already checked the scopes of the token. */
export function apiRoute(realm: Realm, path: string, handlers: Handlers<Call>): Route {
  return route('*', path, async (request, params) => {
    const caller = await authenticateCaller(request, realm);
    return respond(request, { request, state: realm.state, caller }, handlers, params);
  });
}

/** Creates a code to reset a password. The request body is the plain username, not JSON. */
function createReset({ request, state, caller }: Call): SandboxResponse {
  if (request.body === '') throw containerError(request, 400);
  const { client_id: clientId, redirect_uri } = readClient(request);
  const client = { client_id: clientId ?? caller.client.id, redirect_uri };
  const reset = createResetCode(state, request.body, client);
  if (!reset) return empty(404);
  return 'code' in reset
    ? json(201, { code: reset.code, user_id: reset.user.id })
    : json(409, { user_id: reset.externalUser.id });
}

function changePassword({ request, state }: Call): SandboxResponse {
  const body = readJsonObject(request);
  const name = readText(request, body['code']);
  const password = readText(request, body['new_password']) ?? '';
  if (name === undefined) return empty(400);
  const code = state.expiringCodes.redeem(name);
  const result = code ? resetPassword(state, code, password) : 'invalidCode';
  if (result === 'unknownUser') return empty(404);
  if (result === 'modified') return empty(500);
  if (result === 'invalidCode') {
    throw scimError(
      422,
      'invalid_code',
      'Sorry, your reset password link is no longer valid. Please request a new one',
    );
  }
  if ('problem' in result) throw scimError(422, 'invalid_password', result.problem);
  const { user, clientId } = result;
  const loginCode = state.expiringCodes.create({
    data: JSON.stringify({ user_id: user.id, username: user.userName, client_id: clientId }),
    expiresAt: state.now() + 300_000,
    intent: 'AUTOLOGIN',
  });
  return json(200, {
    user_id: user.id,
    username: user.userName,
    email: user.email,
    code: loginCode,
  });
}

function createEmailCode({ request, state }: Call): SandboxResponse {
  const body = readJsonObject(request);
  const user = state.users.get(readText(request, body['userId']) ?? '');
  if (!user) throw containerError(request, 500);
  const email = readText(request, body['email']);
  if (isEmailInUse(state, user, email ?? 'null')) return empty(409);
  const data = JSON.stringify({ userId: user.id, email, client_id: body['client_id'] });
  const expiresAt = state.now() + emailCodeMilliseconds;
  const code = state.expiringCodes.create({ data, expiresAt, intent: emailIntent });
  const accepted = selectExceptionType(request) ?? '';
  const type = accepted.startsWith('application/octet-stream')
    ? 'text/plain;charset=ISO-8859-1'
    : accepted;
  return { status: 201, headers: { 'content-type': type }, body: code, rendering: 'view' };
}

/**
 * The real server fails even if the code is valid, because it adds a second address to the user.
 */
function changeEmail({ request, state }: Call): SandboxResponse {
  if (request.body === '') throw containerError(request, 400);
  const code = state.expiringCodes.redeem(request.body);
  if (!code || (code.intent !== undefined && code.intent !== emailIntent)) return empty(422);
  throw containerError(request, 500);
}

/**
 * Converts a string, number or boolean to text; undefined if the value is missing or null.
 *
 * @throws ErrorResponse 400 for a list or an object.
 */
function readText(request: SandboxRequest, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = toJavaString(value);
  if (text === undefined) throw containerError(request, 400);
  return text ?? undefined;
}
