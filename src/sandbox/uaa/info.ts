import type { JsonObject } from '../body.js';
import { json, route, type Route } from '../router.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', () => json(200, createInfo(realm), { 'cache-control': 'no-store' })),
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

/** Creates the data of `/info`, and of the login page. */
export function createInfo({ settings: { issuer, behaviour } }: Realm): JsonObject {
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
    prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
    timestamp: behaviour.timestamp,
  };
}
