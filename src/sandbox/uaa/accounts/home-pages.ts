import { type Route } from '../../router.js';
import { readSessionId } from '../browser/cookies.js';
import { renderHomePage } from '../browser/pages.js';
import type { Visit } from './visit.js';
import { pageRoute } from './page-route.js';
import type { View } from './view.js';
import type { Realm } from '../realm.js';
import type { User } from '../store/users.js';

/** Creates the routes of the home page, which users see after the login. */
export function homePageRoutes(realm: Realm): readonly Route[] {
  return ['', '/home'].map((path) => pageRoute(realm, path, { any: showHome }));
}

function showHome(visit: Visit): View {
  const { user, state } = visit;
  const tiles = state.clients.all().flatMap(({ id, home, information: { name } }) => {
    const { isShown, launchUrl, icon } = home;
    if (!isShown || launchUrl === undefined) return [];
    return [
      {
        clientId: id,
        appLaunchUrl: launchUrl,
        appIcon: `data:image/png;base64,${String(icon)}`,
        clientName: typeof name === 'string' && name.trim() !== '' ? name : id,
      },
    ];
  });
  return {
    html: renderHomePage(user?.userName ?? ''),
    model: { principal: user && describeLogin(visit, user), tiles },
  };
}

/**
 * Describes the login of the session. Like the real server, includes fields that only logins at
 * other identity providers set.
 */
function describeLogin({ request, state }: Visit, user: User) {
  const { id, userName, email, origin, externalId = null } = user;
  const session = state.sessions.get(readSessionId(request));
  return {
    details: {
      addNew: false,
      origin: '127.0.0.1',
      sessionId: session?.anonymousId ?? null,
      clientId: null,
      loginHint: null,
    },
    authorities: [...state.groups.findUserScopes(id)],
    externalGroups: null,
    authenticated: true,
    principal: { id, name: userName, email, origin, externalId, zoneId: 'uaa' },
    authenticatedTime: session?.authenticatedAt ?? null,
    expiresAt: -1,
    authenticationMethods: ['pwd'],
    authContextClassRef: null,
    previousLoginSuccessTime: user.previousLogonAt ?? null,
    userAttributes: {},
  };
}
