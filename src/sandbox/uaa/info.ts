import {
  json,
  route,
  text,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { findPrompts, hasLoginLinks } from './login-prompts.js';
import { errorPageResponse, readParameters } from './servlet-container.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', (request) => infoResponse(realm, request)),
    route('*', '/healthz', () => text(200, 'ok\n')),
    route('*', '/error', (request) => errorPageResponse(request, 200)),
  ];
}

/**
 * Creates the response of `/info`, and of `/login` for clients that accept JSON.
 *
 * @param request - its parameter `origin` selects a provider with other prompts.
 */
export function infoResponse(
  { state: { providers }, settings: { issuer, behaviour } }: Realm,
  request?: SandboxRequest,
): SandboxResponse {
  const origin = (request && readParameters(request).get('origin')) ?? undefined;
  const data = {
    app: { version: behaviour.version },
    links: {
      uaa: issuer,
      passwd: '/forgot_password',
      login: issuer,
      register: '/create_account',
    },
    zone_name: 'uaa',
    entityID: 'cloudfoundry-saml-login',
    commit_id: behaviour.commit,
    idpDefinitions: {},
    prompts: findPrompts(providers, issuer, origin),
    ...(hasLoginLinks(providers) && { showLoginLinks: true }),
    timestamp: behaviour.timestamp,
  };
  return { ...json(200, data, { 'cache-control': 'no-store' }), rendering: 'jsonView' };
}
