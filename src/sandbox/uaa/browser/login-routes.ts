import {
  empty,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import type { Realm } from '../realm.js';
import type { User } from '../store/users.js';
import { findLoggedInUser } from './browser-session.js';
import { showLoginPage } from './login-page.js';
import { redirectToLogin } from './login-redirect.js';
import { renderPasscodePage } from './pages.js';
import { renderView } from './views.js';

/** Creates the routes of the login page and the passcode page. */
export function browserRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const requireUser =
    (show: (request: SandboxRequest, user: User) => SandboxResponse) =>
    (request: SandboxRequest) => {
      const user = findLoggedInUser(request, state);
      return user ? show(request, user) : redirectToLogin(request, state);
    };
  return [
    route('*', '/login', (request) => showLoginPage(request, realm)),
    route('OPTIONS', '/passcode', () => empty(200, { allow: 'GET,HEAD' })),
    route(
      'GET',
      '/passcode',
      requireUser((request, user) => showPasscode(request, realm, user)),
    ),
  ];
}

/** Creates a passcode and shows it on a page, or as a JSON string for clients that accept JSON. */
function showPasscode(request: SandboxRequest, { state }: Realm, user: User): SandboxResponse {
  const code = state.passcodes.create(user.id);
  return renderView(request, {
    html: () => renderPasscodePage(user.userName, code),
    data: () => code,
  });
}
