import type { JsonObject } from '../body.js';
import { json, route, text, type Route, type SandboxRequest } from '../router.js';
import { findLoginOptions } from './browser/login-options.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version and the login prompts) and `/healthz`. */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', (request) => json(200, createInfo(request, realm))),
    route('*', '/healthz', () => text(200, 'ok\n')),
  ];
}

/**
 * Creates the data of `/info`, which is also the login page for clients that prefer JSON. The prompt
 * for a passcode is only shown if users can log in with another identity provider.
 *
 * @see UAA 77 `LoginInfoEndpoint`
 */
export function createInfo(request: SandboxRequest, realm: Realm): JsonObject {
  const { issuer, behaviour } = realm.settings;
  const { hint, error, otherProviders } = findLoginOptions(request, realm);
  const hasPasscode = otherProviders.length > 0;
  const passcodeText = `Temporary Authentication Code ( Get one at ${issuer}/passcode )`;
  return {
    app: { version: behaviour.version },
    links: {
      uaa: issuer,
      passwd: '/forgot_password',
      login: issuer,
      register: '/create_account',
    },
    zone_name: realm.zone.name,
    entityID: 'cloudfoundry-saml-login',
    commit_id: behaviour.commit,
    idpDefinitions: {},
    prompts: {
      username: ['text', 'Email'],
      password: ['password', 'Password'],
      ...(hasPasscode && { passcode: ['password', passcodeText] }),
    },
    ...(hasPasscode && { showLoginLinks: true }),
    ...(hint !== undefined && { login_hint: hint }),
    ...(error !== undefined && { error }),
    timestamp: behaviour.timestamp,
  };
}
