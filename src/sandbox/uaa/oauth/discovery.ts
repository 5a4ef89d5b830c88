import { json, route, type Handler, type Route } from '../../router.js';
import { formatIssuer, type Realm } from '../realm.js';

/**
 * Creates the routes of the discovery document and of the public keys that verify tokens. The
 * document is available below the base URL and below the issuer. The issuer is a setting; the other
 * URLs have the origin of the request, which may be different.
 *
 * @see OpenID Connect Discovery 1.0, section 4
 */
export function discoveryRoutes({ settings, key: { jwk } }: Realm): readonly Route[] {
  const { hasPkce, hasEndSessionEndpoint, hasClientJwtKeys } = settings.behaviour;
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
  return [
    route('GET', '/.well-known/openid-configuration', handler),
    route('GET', '/oauth/token/.well-known/openid-configuration', handler),
    route('GET', '/token_key', () => json(200, jwk)),
    route('GET', '/token_keys', () => json(200, { keys: [jwk] })),
  ];
}

const supportedClaims = [
  ...['sub', 'user_name', 'origin', 'iss', 'auth_time', 'amr', 'acr', 'client_id', 'aud', 'zid'],
  ...['grant_type', 'user_id', 'azp', 'scope', 'exp', 'iat', 'jti', 'rev_sig', 'cid'],
  ...['given_name', 'family_name', 'phone_number', 'email'],
];
