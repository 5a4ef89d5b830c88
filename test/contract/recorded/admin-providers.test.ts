import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, limitedToken, userToken } from './steps.js';

const post = (title: string, json: unknown, query = ''): Exchange => ({
  title,
  request: `POST /identity-providers${query}`,
  as: 'admin',
  json,
});

/** Has no visible link, because `/info` would show the link to all tests. */
const oidc = {
  type: 'oidc1.0',
  originKey: 'oidc<run>',
  name: 'OIDC <run>',
  config: {
    authUrl: 'https://idp.example.com/auth',
    tokenUrl: 'https://idp.example.com/token',
    tokenKeyUrl: 'https://idp.example.com/keys',
    issuer: 'https://idp.example.com',
    relyingPartyId: 'uaa',
    relyingPartySecret: 'secret',
    showLinkText: false,
    linkText: 'Log in with OIDC',
    scopes: ['openid', 'profile'],
    attributeMappings: { user_name: 'email', external_groups: ['roles'] },
  },
};

const oauth = { ...oidc, type: 'oauth2.0', originKey: 'oauth<run>', name: 'OAuth <run>' };

const config = (settings: object, type = 'oidc1.0', origin = 'config'): object => ({
  ...oidc,
  type,
  originKey: `${origin}<run>`,
  config: { ...oidc.config, ...settings },
});

const uaa = { type: 'uaa', originKey: 'internal<run>', name: 'Internal <run>' };

compareWithRecordings('admin-providers', [
  adminToken,
  limitedToken('limited', 'scim.read'),
  ...createUser('reader', ['idps.read']),
  ...createUser('writer', ['idps.write']),
  {
    title: 'a client with the scopes of identity providers is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'idps<run>',
      client_secret: 'secret',
      authorized_grant_types: ['password', 'refresh_token'],
      scope: ['openid', 'idps.read', 'idps.write'],
      authorities: ['uaa.none'],
    },
  },
  userToken('reader', 'idps<run>', 'secret'),
  userToken('writer', 'idps<run>', 'secret'),
  {
    title: 'a provider is created without a token',
    request: 'POST /identity-providers',
    json: oidc,
  },
  {
    title: 'a provider is created without the scope',
    request: 'POST /identity-providers',
    as: 'limited',
    json: oidc,
  },
  {
    title: 'a provider is created with idps.read',
    request: 'POST /identity-providers',
    as: 'reader',
    json: oidc,
  },
  {
    title: 'providers are listed without the scope',
    request: 'GET /identity-providers',
    as: 'limited',
  },
  {
    title: 'providers are listed with idps.write',
    request: 'GET /identity-providers',
    as: 'writer',
  },
  {
    title: 'an OIDC provider is created',
    request: 'POST /identity-providers',
    as: 'writer',
    json: oidc,
    save: { oidc: 'id' },
  },
  { title: 'the OIDC provider is shown', request: 'GET /identity-providers/<oidc>', as: 'reader' },
  {
    title: 'the OIDC provider is shown with a raw configuration',
    request: 'GET /identity-providers/<oidc>?rawConfig=true',
    as: 'reader',
  },
  {
    title: 'the OIDC provider is shown with an empty rawConfig',
    request: 'GET /identity-providers/<oidc>?rawConfig=',
    as: 'reader',
  },
  {
    title: 'the OIDC provider is shown with an invalid rawConfig',
    request: 'GET /identity-providers/<oidc>?rawConfig=x',
    as: 'reader',
  },
  {
    title: 'the OIDC provider is shown with rawConfig=1',
    request: 'GET /identity-providers/<oidc>?rawConfig=1',
    as: 'reader',
  },
  {
    title: 'the OIDC provider is shown with idps.write',
    request: 'GET /identity-providers/<oidc>',
    as: 'writer',
  },
  {
    title: 'the OIDC provider is shown without a token',
    request: 'GET /identity-providers/<oidc>',
  },
  {
    title: 'the OIDC provider is shown as XML',
    request: 'GET /identity-providers/<oidc>',
    as: 'admin',
    headers: { accept: 'application/xml' },
  },
  post('the same origin again', oidc),
  post('the same origin in upper case', { ...oidc, originKey: 'OIDC<run>' }, '?rawConfig=true'),
  post('an OAuth provider with a raw configuration', oauth, '?rawConfig=true'),
  post('a configuration as text', {
    ...oidc,
    originKey: 'astext<run>',
    config:
      '{"authUrl":"https://a.example.com","tokenUrl":"https://t.example.com","tokenKey":"key","relyingPartyId":"id","relyingPartySecret":"secret"}',
  }),
  post(
    'an OIDC provider with a discovery URL',
    config(
      {
        discoveryUrl: 'https://idp.example.com/.well-known/openid-configuration',
        authUrl: null,
        tokenUrl: null,
        tokenKeyUrl: null,
      },
      'oidc1.0',
      'discovery',
    ),
    '?rawConfig=true',
  ),
  post(
    'an OAuth provider with a discovery URL',
    config({ discoveryUrl: 'https://idp.example.com/x' }, 'oauth2.0', 'discovery2'),
    '?rawConfig=true',
  ),
  post('a provider without a configuration', { type: 'oidc1.0', originKey: 'a<run>', name: 'A' }),
  post('a provider with an empty configuration', { ...oidc, originKey: 'b<run>', config: {} }),
  post(
    'a provider with an empty raw configuration',
    { ...oidc, originKey: 'b<run>', config: {} },
    '?rawConfig=true',
  ),
  post('a provider with an empty text as configuration', {
    ...oidc,
    originKey: 'b<run>',
    config: '',
  }),
  post('a provider with a null configuration', { ...oidc, originKey: 'b<run>', config: null }),
  post('a provider with a configuration that is no JSON', {
    ...oidc,
    originKey: 'b<run>',
    config: '{',
  }),
  post('a provider with a list as configuration', { ...oidc, originKey: 'b<run>', config: [] }),
  post('a provider with a number as configuration', { ...oidc, originKey: 'b<run>', config: 5 }),
  post('a provider without an authorization URL', config({ authUrl: null })),
  post('a provider with an invalid URL', config({ authUrl: 'idp' })),
  post('a provider with an empty URL', config({ authUrl: '' })),
  ...[
    'HTTPS://idp.example.com/Auth',
    'url:https://idp.example.com/auth',
    ' https://idp.example.com/auth ',
    'https://idp.example.com:70000/auth',
    'https://idp.example.com:x/auth',
    'jar:https://idp.example.com/a.jar',
    'jar:https://idp.example.com/a.jar!/b',
    'ftp://idp.example.com/auth',
    'ldap://idp.example.com/auth',
    'jrt:/auth',
    'mailto:admin@example.com',
  ].map((authUrl, index) =>
    post(
      `a provider with the URL ${JSON.stringify(authUrl)}`,
      config({ authUrl }, 'oidc1.0', `url${String(index)}`),
      '?rawConfig=true',
    ),
  ),
  post('a provider without a token URL', config({ tokenUrl: null })),
  post('a provider without keys', config({ tokenKeyUrl: null })),
  post('a provider without a relying party', config({ relyingPartyId: '' })),
  post('a provider without a secret', config({ relyingPartySecret: null })),
  post(
    'a provider of the implicit flow without a secret',
    config({ relyingPartySecret: null, responseType: 'token id_token' }, 'oidc1.0', 'implicit'),
  ),
  post('a provider with a link without a text', config({ showLinkText: true, linkText: '' })),
  post('a provider with an unknown setting', config({ extra: 1 })),
  post(
    'a provider with all settings',
    {
      ...config(
        {
          emailDomain: ['example.com', 'example.org'],
          additionalConfiguration: { a: 1, b: ['c'] },
          providerDescription: 'A description',
          externalGroupsWhitelist: ['a', 'b'],
          addShadowUserOnLogin: false,
          storeCustomAttributes: false,
          skipSslValidation: true,
          clientAuthInBody: true,
          responseType: 'code id_token',
          userInfoUrl: 'https://idp.example.com/userinfo',
          passwordGrantEnabled: true,
          setForwardHeader: true,
          prompts: [{ name: 'username', type: 'text', text: 'Name' }],
        },
        'oidc1.0',
        'full',
      ),
      active: false,
    },
    '?rawConfig=true',
  ),
  post(
    'an OAuth provider with all settings',
    config(
      {
        emailDomain: [],
        checkTokenUrl: 'https://idp.example.com/check',
        responseType: null,
        scopes: null,
        attributeMappings: null,
      },
      'oauth2.0',
      'full2',
    ),
    '?rawConfig=true',
  ),
  post('a provider with a text as scopes', config({ scopes: 'openid' })),
  post('a provider with a text as showLinkText', config({ showLinkText: 'yes' })),
  post('a provider with a null showLinkText', config({ showLinkText: null, linkText: null })),
  post('a provider with given values', {
    ...oidc,
    originKey: 'given<run>',
    id: 'my-id<run>',
    version: 7,
    created: 1_000_000,
    last_modified: 2_000_000,
    identityZoneId: 'other',
  }),
  post('a provider without an origin', { ...oidc, originKey: undefined }),
  post('a provider without a name', { ...oidc, originKey: 'nameless<run>', name: undefined }),
  post('a provider with a long origin', { ...oidc, originKey: 'x'.repeat(300) }),
  post('a provider with an unknown type', { ...oidc, type: 'github', originKey: 'github<run>' }),
  post('a provider of an unknown type without a configuration', {
    type: 'github',
    originKey: 'github<run>',
    name: 'g',
  }),
  post('a provider without a type', { originKey: 'typeless<run>', name: 'g' }),
  post('a provider with an unknown member', { ...oidc, originKey: 'member<run>', extra: true }),
  post('a provider without members', {}),
  post('a list instead of a provider', []),
  post('null instead of a provider', null),
  post('a text instead of a provider', 'x'),
  post('a number as active', { ...uaa, active: 5 }),
  post('a second provider of the type uaa', uaa),
  post(
    'a provider of the type uaa with policies',
    {
      ...uaa,
      originKey: 'policies<run>',
      config: {
        passwordPolicy: {
          minLength: 1,
          maxLength: 9,
          requireUpperCaseCharacter: 0,
          requireLowerCaseCharacter: 0,
          requireDigit: 0,
          requireSpecialCharacter: 0,
          expirePasswordInMonths: 0,
        },
        lockoutPolicy: { lockoutPeriodSeconds: 1, lockoutAfterFailures: 2, countFailuresWithin: 3 },
        disableInternalUserManagement: true,
      },
    },
    '?rawConfig=true',
  ),
  post(
    'an incomplete password policy',
    { ...uaa, originKey: 'incomplete<run>', config: { passwordPolicy: { minLength: 1 } } },
    '?rawConfig=true',
  ),
  post('a password policy with negative numbers', {
    ...uaa,
    originKey: 'negative<run>',
    config: {
      passwordPolicy: {
        minLength: -1,
        maxLength: 9,
        requireUpperCaseCharacter: 0,
        requireLowerCaseCharacter: 0,
        requireDigit: 0,
        requireSpecialCharacter: 0,
        expirePasswordInMonths: 0,
      },
    },
  }),
  post('an incomplete lockout policy', {
    ...uaa,
    originKey: 'lockout<run>',
    config: { lockoutPolicy: { lockoutPeriodSeconds: 1 } },
  }),
  post(
    'an empty configuration of the type uaa',
    { ...uaa, originKey: 'emptyuaa<run>', config: {} },
    '?rawConfig=true',
  ),
  post(
    'a second LDAP provider',
    { type: 'ldap', originKey: 'ldap', name: 'LDAP', config: {} },
    '?rawConfig=true',
  ),
  post(
    'an LDAP provider with another origin',
    {
      type: 'ldap',
      originKey: 'ldap<run>',
      name: 'LDAP',
      config: { baseUrl: 'ldap://localhost:1' },
    },
    '?rawConfig=true',
  ),
  post('an LDAP provider with another origin without a configuration', {
    type: 'ldap',
    originKey: 'ldap<run>',
    name: 'LDAP',
  }),
  post(
    'a keystone provider',
    { type: 'keystone', originKey: 'keystone<run>', name: 'K', config: {} },
    '?rawConfig=true',
  ),
  post('a keystone provider without a configuration', {
    type: 'keystone',
    originKey: 'keystone2<run>',
    name: 'K',
  }),
  post('a login-server provider', { type: 'login-server', originKey: 'login<run>', name: 'L' }),
  post('a SAML provider without metadata', {
    type: 'saml',
    originKey: 'saml<run>',
    name: 'S',
    config: {},
  }),
  post('a SAML provider without a configuration', {
    type: 'saml',
    originKey: 'saml<run>',
    name: 'S',
  }),
  post('a SAML provider with invalid metadata', {
    type: 'saml',
    originKey: 'saml<run>',
    name: 'S',
    config: { metaDataLocation: 'x', idpEntityAlias: 'a', nameID: 'b' },
  }),
  post('a SAML provider with an unknown setting', {
    type: 'saml',
    originKey: 'saml<run>',
    name: 'S',
    config: { metadata: 'x' },
  }),
  {
    title: 'a provider without a body',
    request: 'POST /identity-providers',
    as: 'admin',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'a provider that is not JSON',
    request: 'POST /identity-providers',
    as: 'admin',
    body: '{',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'a provider as a form',
    request: 'POST /identity-providers',
    as: 'admin',
    form: { type: 'uaa' },
  },
  {
    title: 'a provider for HTML',
    request: 'POST /identity-providers',
    as: 'admin',
    json: {},
    headers: { accept: 'text/html' },
  },
]);
