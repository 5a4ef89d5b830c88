import { json, route, text, type Route, type SandboxResponse } from '../router.js';
import { errorPageResponse } from './servlet-container.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', () => infoResponse(realm)),
    route('*', '/healthz', () => text(200, 'ok\n')),
    route('*', '/error', (request) => errorPageResponse(request, 200)),
  ];
}

/** Creates the response of `/info`, and of `/login` for clients that accept JSON. */
export function infoResponse({ settings: { issuer, behaviour } }: Realm): SandboxResponse {
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
    prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
    timestamp: behaviour.timestamp,
  };
  return { ...json(200, data, { 'cache-control': 'no-store' }), rendering: 'jsonView' };
}
