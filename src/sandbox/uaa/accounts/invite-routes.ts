import { randomBytes } from 'node:crypto';
import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateCaller, readRequestedZone } from '../oauth/bearer.js';
import { containerError } from '../http/servlet-container.js';
import { readJsonObject } from '../http/json-request.js';
import { invitationIntent } from './invitation-pages.js';
import { createUnverifiedUser } from './new-users.js';
import { toJavaString } from '../java/json-text.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

const lifetimeMilliseconds = 7 * 86_400_000;

/** Creates the route that invites users. The filter chain has already checked the scopes. */
export function inviteRoutes(realm: Realm): readonly Route[] {
  return [
    route('POST', '/invite_users', async (request) => {
      const { client } = await authenticateCaller(request, realm);
      return inviteUsers(request, realm, request.query.get('client_id') ?? client.id);
    }),
  ];
}

function inviteUsers(
  request: SandboxRequest,
  { state, settings }: Realm,
  clientId: string,
): SandboxResponse {
  const emails = readEmails(request, readJsonObject(request)['emails']);
  const redirectUri = request.query.get('redirect_uri');
  if (redirectUri === null) throw containerError(request, 400);
  const client = state.clients.get(clientId);
  const isUnknownClient = !client && readRequestedZone(request) === undefined;
  if (isUnknownClient || emails === undefined) throw containerError(request, 500);
  const results = emails.map((email) => {
    if (email?.includes('"')) throw containerError(request, 500);
    const user = findInvitee(request, { state, email, client });
    if ('errorCode' in user) return user;
    const data = JSON.stringify({
      user_id: user.id,
      email: user.email,
      client_id: clientId,
      redirect_uri: redirectUri,
      origin: user.origin,
    });
    const expiresAt = state.now() + lifetimeMilliseconds;
    const code = state.expiringCodes.create({ data, expiresAt, intent: invitationIntent });
    return {
      email: user.email,
      userId: user.id,
      origin: user.origin,
      success: true,
      errorCode: null,
      errorMessage: null,
      inviteLink: `${settings.issuer}/invitations/accept?code=${code}`,
    };
  });
  return json(200, {
    new_invites: results.filter(({ success }) => success),
    failed_invites: results.filter(({ success }) => !success),
  });
}

/**
 * Reads the email addresses to invite.
 *
 * @returns undefined if the list is missing.
 * @throws ErrorResponse 400 if the value is not a list of texts.
 */
function readEmails(
  request: SandboxRequest,
  value: unknown,
): readonly (string | null)[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw containerError(request, 400);
  return value.map((item: unknown) => {
    const text = toJavaString(item);
    if (text === undefined) throw containerError(request, 400);
    return text;
  });
}

interface Invitation {
  readonly state: State;
  readonly email: string | null;
  readonly client: Client | undefined;
}

/** Finds or creates the invited user. Returns an error entry if the address cannot be invited. */
function findInvitee(request: SandboxRequest, { state, email, client }: Invitation) {
  if (email === null || !/^.+@.+\..+$/.test(email)) {
    return inviteFailure(email, 'email.invalid', `${String(email)} is invalid email.`);
  }
  const providers = client?.information['allowedproviders'];
  if (Array.isArray(providers) && !providers.includes('uaa')) {
    return inviteFailure(email, 'provider.non-existent', 'No authentication provider found.');
  }
  const address = email.trim().toLowerCase();
  const [user, ...others] = state.users
    .all()
    .filter((candidate) => candidate.origin === 'uaa' && hasAddress(candidate, address));
  if (others.length > 0) {
    const text = 'Multiple users with the same origin matched to the email address.';
    return inviteFailure(email, 'user.ambiguous', text);
  }
  if (user) return user;
  // The real server fails if the address is the username of a user with another email address.
  if (state.users.findByName(address, 'uaa')) throw containerError(request, 500);
  const password = randomBytes(9).toString('base64url');
  return createUnverifiedUser(state, { email: address, givenName: '', familyName: '', password });
}

function hasAddress(user: User, address: string): boolean {
  return user.email.toLowerCase() === address;
}

function inviteFailure(email: string | null, errorCode: string, errorMessage: string) {
  const missing = { userId: null, origin: null, inviteLink: null };
  return { email, ...missing, success: false, errorCode, errorMessage };
}
