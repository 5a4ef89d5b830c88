import {
  json,
  route,
  empty,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { formatIssuer, type Realm } from '../realm.js';
import { authenticateClient } from './client-auth.js';

/**
 * Creates the routes of the discovery document, which is available below the base URL and below the
 * issuer. The issuer is a setting; the other URLs have the origin of the request, which may be
 * different.
 *
 * @see OpenID Connect Discovery 1.0, section 4
 */
export function wellKnownRoutes({ settings }: Realm): readonly Route[] {
  const { hasPkce, hasEndSessionEndpoint, hasClientJwtKeys, hasGetDiscoveryOnly } =
    settings.behaviour;
  const handler: Handler = ({ origin }) =>
    json(200, {
      issuer: formatIssuer(settings),
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      token_endpoint_auth_methods_supported: [
        ...['client_secret_basic', 'client_secret_post'],
        ...(hasClientJwtKeys ? ['private_key_jwt'] : []),
      ],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'HS256'],
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/token_keys`,
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
      ...(hasEndSessionEndpoint && { end_session_endpoint: `${origin}/logout.do` }),
    });
  const method = hasGetDiscoveryOnly ? 'GET' : '*';
  return [
    route(method, '/.well-known/openid-configuration', handler),
    route(method, '/oauth/token/.well-known/openid-configuration', handler),
  ];
}

const supportedClaims = [
  ...['sub', 'user_name', 'origin', 'iss', 'auth_time', 'amr', 'acr', 'client_id', 'aud', 'zid'],
  ...['grant_type', 'user_id', 'azp', 'scope', 'exp', 'iat', 'jti', 'rev_sig', 'cid'],
  ...['given_name', 'family_name', 'phone_number', 'email'],
];

/**
 * Creates the routes `/token_key` and `/token_keys`, which return the public key for verifying
 * tokens. Authentication is optional, but wrong credentials are rejected.
 */
export function tokenKeyRoutes(realm: Realm): readonly Route[] {
  const { jwk } = realm.key;
  const etag = `"${String(realm.state.now())}"`;
  const respond = (request: SandboxRequest, body: unknown): SandboxResponse => {
    authenticateClient(request, realm, { form: false });
    const cachedEtag = request.headers['if-none-match'];
    return cachedEtag === etag || `"${cachedEtag ?? ''}"` === etag
      ? empty(304, { etag })
      : json(200, body, { etag });
  };
  return [
    route('GET', '/token_key', (request) => respond(request, jwk)),
    route('GET', '/token_keys', (request) => respond(request, { keys: [jwk] })),
  ];
}
