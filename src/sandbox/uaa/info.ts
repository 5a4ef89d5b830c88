import type { JsonObject } from '../body.js';
import { json, route, text, type Route, type SandboxRequest } from '../router.js';
import { findPrompts, hasLoginLinks } from './login-prompts.js';
import { errorPageResponse, readParameters } from './http/servlet-container.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', (request) => ({
      ...json(200, createInfo(realm, request), { 'cache-control': 'no-store' }),
      rendering: 'jsonView',
    })),
    route('*', '/healthz', () => text(200, 'ok\n')),
    route('*', '/error', (request) => errorPageResponse(request, 200)),
  ];
}

/**
 * Creates the data of `/info`, and of the login page.
 *
 * @param request - its parameter `origin` selects a provider with other prompts.
 */
export function createInfo(
  { state: { providers }, settings: { issuer, behaviour } }: Realm,
  request: SandboxRequest,
): JsonObject {
  const origin = readParameters(request).get('origin') ?? undefined;
  return {
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
}
