import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';
import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function api(title: string, request: string, rest: Partial<Exchange> = {}): Exchange {
  return { title, request, as: 'zoneadmin', ...rest };
}
const zone = { subdomain: 'sub<run>', name: 'Zone <run>', description: 'A zone', config: {} };
const oidc = {
  originKey: 'oidc<run>',
  type: 'oidc1.0',
  name: 'OIDC <run>',
  active: true,
  config: {
    authUrl: 'https://idp.example.com/authorize',
    tokenUrl: 'https://idp.example.com/token',
    tokenKey: 'key',
    relyingPartyId: 'uaa',
    relyingPartySecret: 'secret',
    scopes: ['openid'],
    issuer: 'https://idp.example.com',
    showLinkText: false,
    attributeMappings: { user_name: 'email' },
  },
};
const mfa = {
  name: 'mfa<run>',
  type: 'google-authenticator',
  config: { issuer: 'uaa', providerDescription: 'Google MFA' },
};

compareWithRecordings('flows-admin', [
  adminToken,
  limitedToken('scim', 'scim.read'),
  createClient('zoneadmin', {
    authorities: [
      'zones.read',
      'zones.write',
      'idps.read',
      'idps.write',
      'uaa.admin',
      'oauth.login',
      'scim.invite',
    ],
  }),
  clientToken('zoneadmin'),
  createClient('idpreader', { authorities: ['idps.read', 'zones.read'] }),
  clientToken('idpreader'),
  createClient('login', { authorities: ['oauth.login'] }),
  clientToken('login'),
  createClient('inviter', { authorities: ['scim.invite'] }),
  clientToken('inviter'),
  ...createUser('zoe'),
  userToken('zoe'),

  api('a zone is created', 'POST /identity-zones', { json: { ...zone, id: 'zone<run>' } }),
  api('a zone is created again', 'POST /identity-zones', { json: { ...zone, id: 'zone<run>' } }),
  api('a zone with a used subdomain', 'POST /identity-zones', {
    json: { ...zone, id: 'zone2<run>' },
  }),
  api('a zone with a subdomain in upper case', 'POST /identity-zones', {
    json: { ...zone, id: 'zone3<run>', subdomain: 'SUB3<run>' },
  }),
  api('a zone without a name', 'POST /identity-zones', { json: { subdomain: 'noname<run>' } }),
  api('a zone without a subdomain', 'POST /identity-zones', { json: { name: 'nosub<run>' } }),
  api('a zone with a subdomain that is not valid', 'POST /identity-zones', {
    json: { ...zone, subdomain: 'a_b<run>!' },
  }),
  api('a zone without a body', 'POST /identity-zones', {
    headers: { 'content-type': 'application/json' },
  }),
  api('a zone with an active key that does not exist', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'nokey<run>',
      config: { tokenPolicy: { activeKeyId: 'nosuch', keys: { other: { signingKey: 'x' } } } },
    },
  }),
  api('a zone with keys and without an active key', 'POST /identity-zones', {
    json: {
      ...zone,
      id: 'keys<run>',
      subdomain: 'keys<run>',
      config: { tokenPolicy: { keys: { one: { signingKey: 'abc' }, two: { signingKey: 'def' } } } },
    },
  }),
  api('a zone with an issuer and without a key', 'POST /identity-zones', {
    json: { ...zone, subdomain: 'issuer<run>', config: { issuer: 'https://issuer.example.com' } },
  }),
  api('a zone with an issuer that is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'issuer2<run>',
      config: {
        issuer: 'nonsense',
        tokenPolicy: { activeKeyId: 'k', keys: { k: { signingKey: 'x' } } },
      },
    },
  }),
  api('a zone with a banner whose color is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'banner<run>',
      config: {
        branding: { banner: { text: 'x', textColor: '#jabbajabba', backgroundColor: '#fff' } },
      },
    },
  }),
  api('a zone with a banner whose link is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'banner2<run>',
      config: { branding: { banner: { text: 'x', link: 'notalink' } } },
    },
  }),
  api('a zone with a banner whose logo is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'banner3<run>',
      config: { branding: { banner: { logo: 'not base64 %' } } },
    },
  }),
  api('a zone with a consent link that is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'consent<run>',
      config: { branding: { consent: { text: 'x', link: 'not-valid' } } },
    },
  }),
  api('a zone with a consent link only', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'consent2<run>',
      config: { branding: { consent: { link: 'https://example.com' } } },
    },
  }),
  api('a zone with a SAML key that is not valid', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'samlkey<run>',
      config: {
        samlConfig: {
          activeKeyId: 'k',
          keys: { k: { key: 'x', passphrase: 'p', certificate: 'c' } },
        },
      },
    },
  }),
  api('a zone with MFA and no provider', 'POST /identity-zones', {
    json: {
      ...zone,
      subdomain: 'mfa<run>',
      config: { mfaConfig: { enabled: true, providerName: 'nosuch' } },
    },
  }),
  api('a zone with an unknown setting', 'POST /identity-zones', {
    json: { ...zone, subdomain: 'unknown<run>', config: { nosuch: 1 } },
  }),
  api('a zone with links and prompts', 'POST /identity-zones', {
    json: {
      ...zone,
      id: 'links<run>',
      subdomain: 'links<run>',
      config: {
        links: {
          logout: { redirectUrl: '/out', whitelist: ['https://a'] },
          homeRedirect: 'https://home',
          selfService: { selfServiceLinksEnabled: false, signup: '/s', passwd: '/p' },
        },
        prompts: [{ name: 'username', type: 'text', text: 'Name' }],
        idpDiscoveryEnabled: true,
        accountChooserEnabled: true,
        userConfig: { defaultGroups: ['openid', 'custom<run>'] },
        tokenPolicy: {
          accessTokenValidity: 3600,
          refreshTokenValidity: 7200,
          refreshTokenUnique: true,
          jwtRevocable: true,
          refreshTokenFormat: 'opaque',
        },
        clientSecretPolicy: { minLength: 1, maxLength: 20 },
        corsPolicy: { xhrConfiguration: { allowedOrigins: ['x'] } },
      },
    },
  }),
  api('a zone with a token of scim', 'POST /identity-zones', { as: 'scim', json: zone }),
  api('a zone with zones.read', 'POST /identity-zones', {
    as: 'idpreader',
    json: { ...zone, subdomain: 'denied<run>' },
  }),
  api('a zone without a token', 'POST /identity-zones', {
    headers: { authorization: null },
    json: zone,
  }),
  api('a zone is read', 'GET /identity-zones/zone<run>'),
  api('a zone is read with zones.read', 'GET /identity-zones/zone<run>', { as: 'idpreader' }),
  api('a zone is read with scim.read', 'GET /identity-zones/zone<run>', { as: 'scim' }),
  api('a zone is read by a user', 'GET /identity-zones/zone<run>', { as: 'zoe' }),
  api('a zone that does not exist', 'GET /identity-zones/nosuch<run>'),
  api('zones are listed by a user', 'GET /identity-zones', { as: 'zoe' }),
  api('a zone is updated', 'PUT /identity-zones/zone<run>', {
    json: { ...zone, name: 'New name', config: { tokenPolicy: { accessTokenValidity: 10 } } },
  }),
  api('a zone is updated with zones.read', 'PUT /identity-zones/zone<run>', {
    as: 'idpreader',
    json: zone,
  }),
  api('a zone is updated without a name', 'PUT /identity-zones/zone<run>', {
    json: { subdomain: 'sub<run>' },
  }),
  api('a zone that does not exist is updated', 'PUT /identity-zones/nosuch<run>', {
    json: { ...zone, subdomain: 'other<run>' },
  }),
  api('a zone is moved to a used subdomain', 'PUT /identity-zones/zone<run>', {
    json: { ...zone, subdomain: 'links<run>' },
  }),
  api('a client of a zone with too many authorities', 'POST /identity-zones/zone<run>/clients', {
    json: {
      client_id: 'limited2<run>',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['scim.write'],
    },
  }),
  api('a client of the zone uaa', 'POST /identity-zones/uaa/clients', {
    json: { client_id: 'limited3<run>', client_secret: 'secret' },
  }),
  api('a zone by id that does not exist', 'GET /Users', {
    headers: { 'x-identity-zone-id': 'nosuch<run>' },
  }),
  api('both zone headers', 'GET /Users', {
    headers: { 'x-identity-zone-id': 'nosuch<run>', 'x-identity-zone-subdomain': 'sub<run>' },
  }),
  api('an empty zone header', 'GET /identity-zones/zone<run>', {
    headers: { 'x-identity-zone-id': '' },
  }),
  api('a zone is removed with zones.read', 'DELETE /identity-zones/links<run>', {
    as: 'idpreader',
  }),
  api('a zone is removed', 'DELETE /identity-zones/links<run>'),
  api('a zone is removed again', 'DELETE /identity-zones/links<run>'),
  api('the zone uaa is removed', 'DELETE /identity-zones/uaa'),

  api('a provider is created', 'POST /identity-providers', { json: oidc, save: { idp: 'id' } }),
  api('a provider is created again', 'POST /identity-providers', { json: oidc }),
  api(
    'a provider is created with the raw configuration',
    'POST /identity-providers?rawConfig=true',
    { json: { ...oidc, originKey: 'raw<run>' } },
  ),
  api('a provider with the configuration as text', 'POST /identity-providers', {
    json: { ...oidc, originKey: 'text<run>', config: JSON.stringify(oidc.config) },
  }),
  api('a provider of oauth2', 'POST /identity-providers', {
    json: {
      ...oidc,
      originKey: 'oauth<run>',
      type: 'oauth2.0',
      config: { ...oidc.config, issuer: undefined, responseType: 'code', clientAuthInBody: false },
    },
  }),
  api('a provider with a discovery URL', 'POST /identity-providers', {
    json: {
      ...oidc,
      originKey: 'discovery<run>',
      config: { discoveryUrl: 'not a url', relyingPartyId: 'a', relyingPartySecret: 'b' },
    },
  }),
  api('a provider without a token URL', 'POST /identity-providers', {
    json: {
      ...oidc,
      originKey: 'nourl<run>',
      config: { relyingPartyId: 'a', relyingPartySecret: 'b' },
    },
  }),
  api('a provider without a secret', 'POST /identity-providers', {
    json: {
      ...oidc,
      originKey: 'nosecret<run>',
      config: { ...oidc.config, relyingPartySecret: undefined },
    },
  }),
  api('a provider without a client', 'POST /identity-providers', {
    json: {
      ...oidc,
      originKey: 'noclient<run>',
      config: { ...oidc.config, relyingPartyId: undefined },
    },
  }),
  api('a provider without a configuration', 'POST /identity-providers', {
    json: { originKey: 'noconfig<run>', type: 'oidc1.0', name: 'x' },
  }),
  api('a provider without an origin', 'POST /identity-providers', {
    json: { ...oidc, originKey: undefined },
  }),
  api('a provider without a name', 'POST /identity-providers', {
    json: { ...oidc, originKey: 'noname<run>', name: undefined },
  }),
  api('a provider without a type', 'POST /identity-providers', {
    json: { originKey: 'notype<run>', name: 'x' },
  }),
  api('a provider of an unknown type', 'POST /identity-providers', {
    json: { originKey: 'badtype<run>', name: 'x', type: 'nosuch' },
  }),
  api('a provider of the type uaa', 'POST /identity-providers', {
    json: { originKey: 'uaa2<run>', name: 'x', type: 'uaa', config: {} },
  }),
  api('a provider of the type ldap with another origin', 'POST /identity-providers', {
    json: {
      originKey: 'ldap<run>',
      name: 'x',
      type: 'ldap',
      config: { baseUrl: 'ldap://localhost:1' },
    },
  }),
  api('a SAML provider with metadata that is not valid', 'POST /identity-providers', {
    json: {
      originKey: 'saml<run>',
      name: 'x',
      type: 'saml',
      config: { metaDataLocation: '<xml', idpEntityAlias: 'saml<run>' },
    },
  }),
  api('a SAML provider without metadata', 'POST /identity-providers', {
    json: { originKey: 'saml2<run>', name: 'x', type: 'saml', config: {} },
  }),
  api('a provider with idps.read', 'POST /identity-providers', {
    as: 'idpreader',
    json: { ...oidc, originKey: 'denied<run>' },
  }),
  api('a provider without a token', 'POST /identity-providers', {
    headers: { authorization: null },
    json: oidc,
  }),
  api('a provider is read', 'GET /identity-providers/<idp>'),
  api(
    'a provider is read with the raw configuration',
    'GET /identity-providers/<idp>?rawConfig=true',
    { as: 'idpreader' },
  ),
  api('a provider is read with scim.read', 'GET /identity-providers/<idp>', { as: 'scim' }),
  api('a provider that does not exist', 'GET /identity-providers/nosuch'),
  api('a provider is updated', 'PUT /identity-providers/<idp>', {
    json: {
      ...oidc,
      name: 'New',
      config: { ...oidc.config, relyingPartySecret: undefined, emailDomain: ['a.com'] },
    },
  }),
  api('a provider is updated to another type', 'PUT /identity-providers/<idp>', {
    json: { ...oidc, type: 'oauth2.0' },
  }),
  api('a provider is updated to another origin', 'PUT /identity-providers/<idp>', {
    json: { ...oidc, originKey: 'moved<run>' },
  }),
  api('a provider that does not exist is updated', 'PUT /identity-providers/nosuch', {
    json: oidc,
  }),
  api('a status of a provider that does not exist', 'PATCH /identity-providers/nosuch/status', {
    json: { requirePasswordChange: true },
  }),
  api('a status of another provider', 'PATCH /identity-providers/<idp>/status', {
    json: { requirePasswordChange: true },
  }),
  api('a status without a value', 'PATCH /identity-providers/<idp>/status', { json: {} }),
  api('a provider is tested', 'POST /identity-providers/test', {
    json: { provider: oidc, credentials: { username: 'a', password: 'b' } },
  }),
  api('a provider is removed with idps.read', 'DELETE /identity-providers/<idp>', {
    as: 'idpreader',
  }),
  api('a provider is removed', 'DELETE /identity-providers/<idp>'),
  api('a provider is removed again', 'DELETE /identity-providers/<idp>'),

  api('an MFA provider is created', 'POST /mfa-providers', { json: mfa, save: { mfa: 'id' } }),
  api('an MFA provider is created again', 'POST /mfa-providers', { json: mfa }),
  api('an MFA provider of an unknown type', 'POST /mfa-providers', {
    json: { ...mfa, name: 'mfa2<run>', type: 'sms' },
  }),
  api('an MFA provider with a name that is not valid', 'POST /mfa-providers', {
    json: { ...mfa, name: 'mfa 2!' },
  }),
  api('an MFA provider with an issuer that is not valid', 'POST /mfa-providers', {
    json: { ...mfa, name: 'mfa3<run>', config: { issuer: 'invalid:issuer' } },
  }),
  api('an MFA provider without a configuration', 'POST /mfa-providers', {
    json: { name: 'mfa4<run>', type: 'google-authenticator' },
  }),
  api('an MFA provider without a name', 'POST /mfa-providers', {
    json: { type: 'google-authenticator' },
  }),
  api('an MFA provider with scim.read', 'POST /mfa-providers', { as: 'scim', json: mfa }),
  api('an MFA provider is read', 'GET /mfa-providers/<mfa>'),
  api('an MFA provider is read with zones.read', 'GET /mfa-providers/<mfa>', { as: 'idpreader' }),
  api('an MFA provider that does not exist', 'GET /mfa-providers/nosuch'),
  api('an MFA provider is updated', 'PUT /mfa-providers/<mfa>', { json: mfa }),
  api('an MFA provider is removed', 'DELETE /mfa-providers/<mfa>'),
  api('an MFA provider is removed again', 'DELETE /mfa-providers/<mfa>'),

  api(
    'users are invited',
    'POST /invite_users?client_id=inviter<run>&redirect_uri=http://redirect.localhost',
    { as: 'inviter', json: { emails: ['u1<run>@blah.com', 'u2<run>@domain.com'] } },
  ),
  api(
    'users are invited without a client',
    'POST /invite_users?redirect_uri=http://redirect.localhost',
    { as: 'inviter', json: { emails: ['u3<run>@blah.com'] } },
  ),
  api('users are invited without a redirect', 'POST /invite_users?client_id=inviter<run>', {
    as: 'inviter',
    json: { emails: ['u4<run>@blah.com'] },
  }),
  api('a user with an email that is not valid is invited', 'POST /invite_users?redirect_uri=x', {
    as: 'inviter',
    json: { emails: ['nomail', 'a@b', 'u5<run>@blah.com'] },
  }),
  api('an invitation without addresses', 'POST /invite_users?redirect_uri=x', {
    as: 'inviter',
    json: { emails: [] },
  }),
  api('users are invited without a body', 'POST /invite_users?redirect_uri=x', {
    as: 'inviter',
    headers: { 'content-type': 'application/json' },
  }),
  api('an existing user is invited', 'POST /invite_users?redirect_uri=x', {
    as: 'inviter',
    json: { emails: ['zoe<run>@example.com'] },
  }),
  api('users are invited by scim.read', 'POST /invite_users?redirect_uri=x', {
    as: 'scim',
    json: { emails: ['u6<run>@blah.com'] },
  }),
  api('users are invited by GET', 'GET /invite_users', { as: 'inviter' }),

  api('a code is created', 'POST /Codes', {
    as: 'login',
    json: { code: '', expiresAt: 4102444800000, data: '{"a":"b"}' },
    save: { code: 'code' },
  }),
  api('a code is read', 'GET /Codes/<code>', { as: 'login' }),
  api('a code is read again', 'GET /Codes/<code>', { as: 'login' }),
  api('a code that expired is created', 'POST /Codes', {
    as: 'login',
    json: { code: '', expiresAt: 1000, data: 'x' },
  }),
  api('a code without data is created', 'POST /Codes', {
    as: 'login',
    json: { expiresAt: 4102444800000 },
  }),
  api('a code without a time is created', 'POST /Codes', { as: 'login', json: { data: 'x' } }),
  api('a code with a date as text is created', 'POST /Codes', {
    as: 'login',
    json: { data: 'x', expiresAt: '2099-01-01T00:00:00.000Z' },
  }),
  api('a code with scim.read is created', 'POST /Codes', {
    as: 'scim',
    json: { data: 'x', expiresAt: 4102444800000 },
  }),
  api('a code without a token is created', 'POST /Codes', {
    headers: { authorization: null },
    json: { data: 'x' },
  }),
  api('a code with basic credentials is created', 'POST /Codes', {
    headers: { authorization: 'Basic YWRtaW46YWRtaW5zZWNyZXQ=' },
    json: { data: 'x', expiresAt: 4102444800000 },
  }),

  api(
    'a password reset',
    'POST /password_resets?client_id=login<run>&redirect_uri=http://go.to.my.app/after/reset',
    {
      as: 'login',
      headers: { 'content-type': 'application/json' },
      body: 'zoe<run>',
      save: { reset: 'code' },
    },
  ),
  api('a password reset of an unknown user', 'POST /password_resets', {
    as: 'login',
    headers: { 'content-type': 'application/json' },
    body: 'nosuch<run>',
  }),
  api('a password reset without a body', 'POST /password_resets', {
    as: 'login',
    headers: { 'content-type': 'application/json' },
  }),
  api('a password reset with quotes', 'POST /password_resets', { as: 'login', json: 'zoe<run>' }),
  api('a password reset with a form', 'POST /password_resets', {
    as: 'login',
    form: { username: 'zoe<run>' },
  }),
  api('a password reset with scim.read', 'POST /password_resets', {
    as: 'scim',
    headers: { 'content-type': 'application/json' },
    body: 'zoe<run>',
  }),
  api('a password change with a code', 'POST /password_change', {
    as: 'login',
    json: { code: '<reset>', new_password: 'new_secret' },
  }),
  api('a password change with a used code', 'POST /password_change', {
    as: 'login',
    json: { code: '<reset>', new_password: 'new_secret2' },
  }),
  api('a password change without a code', 'POST /password_change', {
    as: 'login',
    json: { new_password: 'new' },
  }),
  api('the password score', 'POST /password/score', { form: { password: 'x' } }),
  api('the audit', 'GET /audit/users/x'),
  api('an email is changed', 'POST /email_verifications', {
    as: 'login',
    json: { userId: '<zoe-id>', email: 'zoe2<run>@example.com', client_id: 'login<run>' },
    save: { 'email-code': /^"?([\w-]+)"?$/ },
  }),
  api('an email is changed with the right code', 'POST /email_changes', {
    as: 'login',
    headers: { 'content-type': 'application/json' },
    body: '<email-code>',
  }),
  api('an email is changed with a code', 'POST /email_changes', {
    as: 'login',
    headers: { 'content-type': 'application/json' },
    body: 'nosuch',
  }),
  api('check_token by a token', 'POST /check_token', { form: { token: 'x' } }),
  api('SAML service providers', 'GET /saml/service-providers'),
  api('a SAML service provider is created', 'POST /saml/service-providers', {
    json: { name: 'sp<run>', entityId: 'sp<run>', config: '{"metaDataLocation":"x"}' },
  }),
  api('a SAML service provider that does not exist', 'GET /saml/service-providers/nosuch'),
  api('the varz', 'GET /varz'),
]);
