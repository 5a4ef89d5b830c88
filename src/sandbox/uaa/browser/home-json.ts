import type { JsonObject } from '../../body.js';
import type { Session } from '../store/sessions.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Describes the login of a session, as the home page returns it to clients that accept JSON. */
export function describeLogin(
  user: User,
  session: Session | undefined,
  { groups }: State,
): JsonObject {
  return {
    principal: {
      id: user.id,
      name: user.userName,
      email: user.email,
      origin: user.origin,
      externalId: user.externalId ?? null,
      zoneId: 'uaa',
    },
    details: {
      addNew: false,
      origin: '127.0.0.1',
      sessionId: session?.id ?? null,
      clientId: null,
      loginHint: null,
    },
    authorities: [...groups.findUserScopes(user.id)],
    authenticated: true,
    authenticatedTime: session?.authenticatedAt ?? null,
    expiresAt: -1,
    externalGroups: null,
    userAttributes: {},
    authenticationMethods: ['pwd'],
    authContextClassRef: null,
    previousLoginSuccessTime: user.previousLogonAt ?? null,
  };
}
