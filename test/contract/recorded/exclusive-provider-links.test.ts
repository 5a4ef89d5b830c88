import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
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
]);
