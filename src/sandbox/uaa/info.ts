import { json, route, type Route, type SandboxRequest, type SandboxResponse } from '../router.js';
import { findPrompts, hasLoginLinks } from './login-prompts.js';
import { readParameters } from './servlet-container.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', (request) => infoResponse(realm, request)),
    route('*', '/healthz', ({ headers }) => ({
      status: 200,
      // The real server labels the text with the first type that the client accepts.
      headers: { 'content-type': `${firstType(headers['accept'])};charset=ISO-8859-1` },
      body: 'ok\n',
    })),
  ];
}

function firstType(accept = '*/*'): string {
  const [type = ''] = accept.split(/[,;]/);
  return type.includes('*') ? 'text/plain' : type.trim();
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
  return json(200, {
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
  });
}
