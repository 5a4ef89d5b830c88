import { json, route, type Route, type SandboxResponse } from '../router.js';
import type { Realm } from './realm.js';

/** `/info` and `/healthz`: version and health. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', () => info(realm)),
    route('*', '/healthz', ({ headers }) => ({
      status: 200,
      // Plain text has the type that the client requests.
      headers: { 'content-type': `${firstType(headers['accept'])};charset=ISO-8859-1` },
      body: 'ok\n',
    })),
  ];
}

function firstType(accept = '*/*'): string {
  const [type = ''] = accept.split(/[,;]/);
  return type.includes('*') ? 'text/plain' : type.trim();
}

/** The response of `/info`, and of `/login` as JSON. */
export function info({ settings: { issuer, behaviour } }: Realm): SandboxResponse {
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
    prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
    timestamp: behaviour.timestamp,
  });
}
