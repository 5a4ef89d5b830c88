import { challenges, oauthError } from '../errors.js';
import { readParameters } from '../requests.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { authenticateCaller, checkAudience } from './bearer.js';
import type { UserAuthentication } from './password-grant.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import { recordLogon } from './user-authentication.js';
import type { User } from '../store/users.js';

/**
 * Whether an external login server, which has authenticated a user, requests tokens for a client.
 *
 * @see UAA 4.30.0 `login-server-security.xml`
 */
export function isLoginServerRequest(
  { headers }: SandboxRequest,
  fields: URLSearchParams,
): boolean {
  return (
    /^bearer\s/i.test(headers['authorization'] ?? '') &&
    /^\s*application\/json\b/.test(headers['accept'] ?? 'application/json') &&
    (fields.get('source') ?? '').startsWith('login') &&
    (fields.get('grant_type') ?? '').startsWith('password') &&
    fields.has('add_new')
  );
}

/**
 * Authenticates a login server, the client in the form and the user. The sandbox does not create
 * users for login servers.
 *
 * @throws ErrorResponse 401 or 403.
 */
export async function authenticateLoginServer(
  request: SandboxRequest,
  realm: Realm,
): Promise<{ readonly client: Client; readonly authentication: UserAuthentication }> {
  const caller = await authenticateCaller(request, realm);
  checkAudience(caller, 'oauth');
  if (!caller.scope.includes('oauth.login')) {
    throw oauthError(403, 'insufficient_scope', 'Insufficient scopes', {
      challenge: `${challenges.passcode}, error="insufficient_scope", error_description="Insufficient scopes"`,
    });
  }
  const fields = readParameters(request);
  const clientId = fields.get('client_id');
  if (clientId === null) throw loginServerError('Request does not contain client credentials.');
  const { clients, now } = realm.state;
  const secret = fields.get('client_secret');
  const client = secret === null ? undefined : clients.authenticate(clientId, secret);
  if (!client) throw loginServerError('Bad credentials');
  const user = recordLogon(realm.state, findUser(fields, realm));
  const authTime = Math.floor(now() / 1000);
  return { client, authentication: { user, authTime, methods: null } };
}

function findUser(fields: URLSearchParams, { state: { users } }: Realm): User {
  const read = (name: string): string | undefined => fields.get(name)?.trim() || undefined;
  if (read('origin') === 'uaa')
    throw loginServerError('uaa origin not allowed for external login server');
  const id = read('user_id');
  const name = read('username') ?? read('email');
  if (id === undefined && name === undefined) {
    throw loginServerError('Cannot determine username from credentials supplied');
  }
  const user =
    id === undefined
      ? users.findByName(name ?? '', read('origin') ?? 'login-server')
      : users.get(id);
  if (!user?.active) throw loginServerError('Bad Credentials');
  return user;
}

function loginServerError(description: string): ErrorResponse {
  return oauthError(401, 'unauthorized', description, { challenge: challenges.passcode });
}
