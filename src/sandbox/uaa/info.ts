import { readParameters } from './requests.js';
import type { JsonObject } from '../body.js';
import { json, route, text, type Route, type SandboxRequest } from '../router.js';
import {
  createProviderUrl,
  hasLink,
  readLoginState,
  type LoginState,
} from './browser/login-state.js';
import { findPrompts } from './login-prompts.js';
import type { Realm } from './realm.js';

/** Creates the routes `/info` (the version), `/healthz` and `/error` (the error page). */
export function infoRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/info', (request) => ({
      ...json(200, createInfo(realm, request, readLoginState(request, realm)), {
        'cache-control': 'no-store',
      }),
    })),
    route('*', '/healthz', () => text(200, 'ok\n')),
  ];
}

/**
 * Creates the data of `/info` and of the login page.
 *
 * @param request - the parameter `origin` selects a provider that can have its own prompts.
 */
export function createInfo(
  { state, zone, settings: { issuer, behaviour } }: Realm,
  request: SandboxRequest,
  login: LoginState,
): JsonObject {
  const origin = readParameters(request).get('origin') ?? undefined;
  const { providers, loginHint, error } = login;
  const samlProviders = providers.filter(({ type }) => type === 'saml');
  return {
    app: { version: behaviour.version },
    links: {
      uaa: issuer,
      passwd: '/forgot_password',
      login: issuer,
      register: '/create_account',
    },
    zone_name: zone.name,
    entityID: 'cloudfoundry-saml-login',
    commit_id: behaviour.commit,
    idpDefinitions: Object.fromEntries(
      samlProviders.map((provider) => [
        provider.originKey,
        `${issuer}${createProviderUrl(provider, request)}`,
      ]),
    ),
    prompts: findPrompts(state.providers, issuer, login, origin),
    ...(providers.some(hasLink) && { showLoginLinks: true }),
    ...(loginHint !== undefined && { login_hint: loginHint }),
    ...(error !== undefined && { error }),
    timestamp: behaviour.timestamp,
  };
}
