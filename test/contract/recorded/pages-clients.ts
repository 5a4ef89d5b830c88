import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

/** Creates a client with authorities, and saves its token as `name`. */
export function createAuthorizedClient(
  name: string,
  authorities: readonly string[],
): readonly Exchange[] {
  return [
    {
      title: `the client ${name} is created`,
      request: 'POST /oauth/clients',
      as: 'admin',
      json: {
        client_id: `${name}<run>`,
        client_secret: 'secret',
        authorized_grant_types: ['client_credentials', 'authorization_code'],
        scope: ['uaa.none'],
        authorities,
        redirect_uri: ['https://app<run>.example.com/**'],
      },
    },
    {
      title: `the client ${name} gets a token`,
      request: 'POST /oauth/token',
      form: {
        grant_type: 'client_credentials',
        client_id: `${name}<run>`,
        client_secret: 'secret',
      },
      save: { [name]: 'access_token' },
    },
  ];
}

/** Gets tokens of `admin`, and of a login server: a client with `oauth.login`. */
export const loginServer: readonly Exchange[] = [
  adminToken,
  ...createAuthorizedClient('login', ['oauth.login']),
];
