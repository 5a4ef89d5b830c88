import { json, route, type Route } from '../../router.js';
import { authenticateCaller, checkAudience } from './bearer.js';
import type { Realm } from '../realm.js';
import type { User } from '../store/users.js';

/**
 * Creates the route `/userinfo`, which describes the user of the token. It requires the scope
 * `openid`.
 */
export function userinfoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/userinfo', async (request) => {
      const caller = await authenticateCaller(request, realm);
      checkAudience(caller, 'openid');
      return json(200, caller.user ? formatUserinfo(caller.user, caller.scope) : {});
    }),
  ];
}

function formatUserinfo(user: User, scope: readonly string[]): Record<string, unknown> {
  const { id, givenName, familyName } = user;
  return {
    user_id: id,
    user_name: user.userName,
    name: [givenName, familyName].filter((name) => name !== undefined).join(' '),
    given_name: givenName,
    family_name: familyName,
    phone_number: user.phoneNumber,
    email: user.email,
    email_verified: user.verified,
    previous_logon_time: user.previousLogonAt ?? null,
    sub: id,
    roles: scope.includes('roles') ? user.externalGroups : undefined,
  };
}
