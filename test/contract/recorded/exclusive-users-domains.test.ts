import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';

/** Creates a user with an email address. */
function create(title: string, email: string, origin?: string): Exchange {
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
  create('an internal user of a domain of the provider', 'a@one<run>.com'),
  create('an internal user of a subdomain of the provider', 'a@x.two<run>.com'),
  create('an internal user of a subdomain of two levels', 'a@x.y.two<run>.com'),
  create('an internal user of the domain of the subdomains', 'a@two<run>.com'),
  create('a domain in upper case', 'upper@ONE<run>.com'),
  create('a user of the provider', 'a@one<run>.com', 'own<run>'),
  create('an external user of another provider', 'b@one<run>.com', 'ldap'),
  create('an email with two at signs', 'a@b@one<run>.com'),
  {
    title: 'the provider is deleted',
    request: 'DELETE /identity-providers/<provider-id>',
    as: 'admin',
  },
]);
