import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createSamlProvider, samlMetadata } from './saml-steps.js';
import { adminToken } from './steps.js';

const oidc = {
  type: 'oidc1.0',
  originKey: 'linked<run>',
  name: 'Linked <run>',
  config: {
    authUrl: 'https://idp.example.com/auth',
    tokenUrl: 'https://idp.example.com/token',
    tokenKeyUrl: 'https://idp.example.com/keys',
    relyingPartyId: 'uaa',
    relyingPartySecret: 'secret',
    linkText: 'Log in with OIDC',
  },
};

const prompts = [
  { name: 'username', type: 'text', text: 'Name' },
  { name: 'pin', type: 'password', text: 'PIN' },
  { name: 'passcode', type: 'password', text: 'Code' },
];

const info = (title: string): readonly Exchange[] => [
  { title: `/info ${title}`, request: 'GET /info' },
  { title: `/info of the provider ${title}`, request: 'GET /info?origin=linked<run>' },
  { title: `/info of an unknown provider ${title}`, request: 'GET /info?origin=unknown' },
  { title: `/login as JSON ${title}`, request: 'GET /login' },
];

const update = (title: string, changes: object, settings: object = {}): Exchange => ({
  title,
  request: 'PUT /identity-providers/<idp>',
  as: 'admin',
  json: { ...oidc, ...changes, config: { ...oidc.config, ...settings } },
});

const hint = (title: string, value: string, path = '/login', accept = 'text/html'): Exchange => ({
  title,
  request: `GET ${path}?login_hint=${encodeURIComponent(value).replace(/%3C(\w+)%3E/g, '<$1>')}`,
  headers: { accept },
});

const entity = 'entity<run>';
const samlConfig = { metaDataLocation: samlMetadata(entity), showSamlLink: true, linkText: 'SAML' };
const samlInfo = (title: string): readonly Exchange[] => [
  { title: `/info ${title}`, request: 'GET /info' },
  { title: `/login as JSON ${title}`, request: 'GET /login' },
  { title: `/login ${title}`, request: 'GET /login', headers: { accept: 'text/html' } },
];
const own = 'entityID=cloudfoundry-saml-login';
const discovery = (title: string, query: string): Exchange => ({
  title,
  request: `GET /saml/discovery?${query}`,
  headers: { accept: 'text/html' },
});

const saml: readonly Exchange[] = [
  {
    ...createSamlProvider('a SAML provider is created', 'saml<run>', samlConfig),
    save: { saml: 'id' },
  },
  createSamlProvider('another provider with the same entity id', 'other<run>', samlConfig),
  createSamlProvider('a provider with the same origin', 'saml<run>', samlConfig),
  { title: 'the SAML provider', request: 'GET /identity-providers/<saml>', as: 'admin' },
  {
    title: 'the SAML provider with its configuration as JSON',
    request: 'GET /identity-providers/<saml>?rawConfig=true',
    as: 'admin',
  },
  ...samlInfo('with a SAML provider'),
  hint('a login with a hint for the SAML provider', '{"origin":"saml<run>"}'),
  hint('a login as JSON with this hint', '{"origin":"saml<run>"}', '/login', 'application/json'),
  hint('a login with any type and this hint', '{"origin":"saml<run>"}', '/login', '*/*'),
  hint('/info with a hint for the SAML provider', '{"origin":"saml<run>"}', '/info', '*/*'),
  hint('/info with a hint for the provider uaa', '{"origin":"uaa"}', '/info', '*/*'),
  hint('/info with a hint for an unknown provider', '{"origin":"x"}', '/info', '*/*'),
  hint('/info with a hint without an origin', '{}', '/info', '*/*'),
  hint(
    'a login with a hint for the provider uaa',
    '{"origin":"uaa"}',
    '/login',
    'application/json',
  ),
  hint('a login with an email domain of no provider', 'example.com'),
  discovery(
    'the login at the SAML provider',
    `${own}&returnIDParam=idp&idp=saml<run>&isPassive=true`,
  ),
  discovery('this login with the usual parameter', `${own}&idp=saml<run>`),
  discovery('a login at an unknown SAML provider', `${own}&returnIDParam=idp&idp=x`),
  discovery('a login with the parameter of another name', `${own}&returnIDParam=x&x=saml<run>`),
  discovery('a login without the named parameter', `${own}&returnIDParam=x&idp=saml<run>`),
  discovery('a login without a provider', own),
  discovery('a login without an entity id', 'idp=saml<run>'),
  discovery('a login for an unknown entity', 'entityID=x&idp=saml<run>'),
  discovery('a login with a page to return to', `${own}&idp=saml<run>&return=https://x.test/y`),
  discovery('a login with an unknown policy', `${own}&idp=saml<run>&policy=x`),
  {
    title: 'the SAML provider gets an email domain and another origin, and no link',
    request: 'PUT /identity-providers/<saml>',
    as: 'admin',
    json: {
      type: 'saml',
      originKey: 'changed<run>',
      name: 'changed',
      config: { metaDataLocation: samlMetadata(entity), emailDomain: ['saml.example.com'] },
    },
  },
  ...samlInfo('with a SAML provider without a link'),
  hint('a login with an email domain', 'saml.example.com'),
  {
    title: 'the SAML provider is deactivated',
    request: 'PUT /identity-providers/<saml>?rawConfig=true',
    as: 'admin',
    json: { type: 'saml', name: 'off', active: false, config: samlConfig },
  },
  ...samlInfo('with an inactive SAML provider'),
  hint('a login with a hint for an inactive provider', '{"origin":"saml<run>"}'),
  discovery('a login at an inactive SAML provider', `${own}&idp=saml<run>`),
  {
    title: 'the SAML provider is deleted',
    request: 'DELETE /identity-providers/<saml>',
    as: 'admin',
  },
];

compareWithRecordings('exclusive-provider-links', [
  adminToken,
  ...info('at first'),
  {
    title: 'a provider with a link is created',
    request: 'POST /identity-providers',
    as: 'admin',
    json: oidc,
    save: { idp: 'id' },
  },
  ...info('with a link'),
  {
    title: '/info with the origin in a form',
    request: 'POST /info',
    form: { origin: 'linked<run>' },
  },
  update('the provider gets its own prompts', {}, { prompts }),
  ...info('with its own prompts'),
  update('the link is hidden', {}, { prompts, showLinkText: false }),
  ...info('without a link'),
  update('the provider is deactivated', { active: false }),
  ...info('with an inactive provider'),
  update('the provider is changed to OAuth', { type: 'oauth2.0' }),
  ...info('with an OAuth provider'),
  { title: 'the provider is deleted', request: 'DELETE /identity-providers/<idp>', as: 'admin' },
  ...info('after the deletion'),
  ...saml,
]);

/** Creates a user with an email address. */
function createUserWithEmail(title: string, email: string, origin?: string): Exchange {
  return {
    title,
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: `${email.replace(/[@.]/g, '-')}-<run>`,
      password: 'p',
      emails: [{ value: email }],
      origin,
    },
  };
}

compareWithRecordings('exclusive-users-domains', [
  adminToken,
  {
    title: 'a provider that manages domains is created',
    request: 'POST /identity-providers',
    as: 'admin',
    json: {
      type: 'oidc1.0',
      name: 'own<run>',
      originKey: 'own<run>',
      active: true,
      config: {
        emailDomain: ['one<run>.com', '*.two<run>.com'],
        authUrl: 'https://idp.example.com/auth',
        tokenUrl: 'https://idp.example.com/token',
        tokenKeyUrl: 'https://idp.example.com/keys',
        showLinkText: false,
        relyingPartyId: 'uaa',
        relyingPartySecret: 'secret',
      },
    },
    save: { 'provider-id': 'id' },
  },
  createUserWithEmail('an internal user of a domain of the provider', 'a@one<run>.com'),
  createUserWithEmail('an internal user of a subdomain of the provider', 'a@x.two<run>.com'),
  createUserWithEmail('an internal user of a subdomain of two levels', 'a@x.y.two<run>.com'),
  createUserWithEmail('an internal user of the domain of the subdomains', 'a@two<run>.com'),
  createUserWithEmail('a domain in upper case', 'upper@ONE<run>.com'),
  createUserWithEmail('a user of the provider', 'a@one<run>.com', 'own<run>'),
  createUserWithEmail('an external user of another provider', 'b@one<run>.com', 'ldap'),
  createUserWithEmail('an email with two at signs', 'a@b@one<run>.com'),
  {
    title: 'the provider is deleted',
    request: 'DELETE /identity-providers/<provider-id>',
    as: 'admin',
  },
]);
