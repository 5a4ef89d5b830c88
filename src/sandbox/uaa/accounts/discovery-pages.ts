import type { Route, SandboxResponse } from '../../router.js';
import { readParameters } from '../http/servlet-container.js';
import { ensureSession, type Visit } from './visit.js';
import { pageRoute, requireParameters } from './page-route.js';
import { redirectView } from './view.js';
import type { Realm } from '../realm.js';

/**
 * Creates the route that receives an email address to find the user's identity provider. The
 * sandbox does not search for providers: users always continue on the login page.
 */
export function discoveryPageRoutes(realm: Realm): readonly Route[] {
  return [pageRoute(realm, '/login/idp_discovery', { POST: continueLogin })];
}

function continueLogin(visit: Visit): SandboxResponse {
  const { request } = visit;
  const { email } = requireParameters(request, 'email');
  ensureSession(visit);
  const loginHint = readParameters(request).get('login_hint')?.trim();
  const query = new URLSearchParams({
    discoveryPerformed: 'true',
    ...(loginHint && { login_hint: loginHint }),
    ...(email.trim() !== '' && { email }),
  });
  return redirectView(request, `/login?${query.toString()}`);
}
