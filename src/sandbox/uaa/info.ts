import type { JsonObject } from '../json.js';
import { json, route, text, type Handler, type Route, type SandboxRequest } from '../router.js';
import { findLoginOptions } from './browser/login-options.js';
import { formatIssuer, type Realm } from './realm.js';

/** Creates the routes that describe the server: its version and links, login prompts, and keys. */
export function createInfoRoutes(realm: Realm): readonly Route[] {
  const { jwk } = realm.key;
  const describe: Handler = ({ origin: serverUrl }) => json(200, describeServer(serverUrl, realm));
  return [
    route('*', '/info', (request) => json(200, createInfo(request, realm))),
    route('*', '/healthz', () => text(200, 'ok\n')),
    route('GET', '/.well-known/openid-configuration', describe),
    route('GET', '/oauth/token/.well-known/openid-configuration', describe),
    route('GET', '/token_key', () => json(200, jwk)),
    route('GET', '/token_keys', () => json(200, { keys: [jwk] })),
  ];
}

/**
 * Creates the content of `/info`, and of the login page for clients that prefer JSON. The prompt for a
 * passcode is only shown if users can log in with another identity provider.
 * @see UAA 77 `LoginInfoEndpoint`
 */
export function createInfo(request: SandboxRequest, realm: Realm): JsonObject {
  const { issuer, behaviour } = realm.settings;
  const { hint, error, otherProviders } = findLoginOptions(request, realm);
  const hasPasscode = otherProviders.length > 0;
  const passcodeText = `Temporary Authentication Code ( Get one at ${issuer}/passcode )`;
  return {
    app: { version: behaviour.version },
    links: { uaa: issuer, passwd: '/forgot_password', login: issuer, register: '/create_account' },
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

/**
 * Creates the discovery document.
 * @param serverUrl - base URL in the request. It can differ from the issuer, which is a setting.
 * @see OpenID Connect Discovery 1.0, section 4
 */
function describeServer(serverUrl: string, { settings }: Realm): JsonObject {
  const { hasPkce, hasEndSessionEndpoint, hasClientJwtKeys } = settings.behaviour;
  return {
    issuer: formatIssuer(settings),
    authorization_endpoint: `${serverUrl}/oauth/authorize`,
    token_endpoint: `${serverUrl}/oauth/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      ...(hasClientJwtKeys ? ['private_key_jwt'] : []),
    ],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'HS256'],
    userinfo_endpoint: `${serverUrl}/userinfo`,
    jwks_uri: `${serverUrl}/token_keys`,
    scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'user_attributes'],
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256'],
    id_token_encryption_alg_values_supported: ['none'],
    claim_types_supported: ['normal'],
    claims_supported: supportedClaims,
    claims_parameter_supported: false,
    service_documentation: 'http://docs.cloudfoundry.org/api/uaa/',
    ui_locales_supported: ['en-US'],
    ...(hasPkce && { code_challenge_methods_supported: ['S256', 'plain'] }),
    ...(hasEndSessionEndpoint && { end_session_endpoint: `${serverUrl}/logout.do` }),
  };
}

const supportedClaims = [
  'sub',
  'user_name',
  'origin',
  'iss',
  'auth_time',
  'amr',
  'acr',
  'client_id',
  'aud',
  'zid',
  'grant_type',
  'user_id',
  'azp',
  'scope',
  'exp',
  'iat',
  'jti',
  'rev_sig',
  'cid',
  'given_name',
  'family_name',
  'phone_number',
  'email',
];
