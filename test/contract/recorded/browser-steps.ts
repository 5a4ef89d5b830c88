import type { Exchange } from './exchange.js';
import { adminToken, createUser, browserLogin } from './steps.js';

const callback = 'https://app.example.com/callback';

/**
 * Creates the client `NAME<run>` with the secret `secret` and a redirect URI. The implicit grant is
 * added later, because the UAA does not create clients with both this grant and a secret.
 */
export function createClient(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): readonly Exchange[] {
  const client = {
    client_id: `${name}<run>`,
    authorized_grant_types: ['authorization_code', 'implicit', 'refresh_token', 'password'],
    scope: ['openid', 'uaa.user', 'scim.me', 'password.write'],
    redirect_uri: [callback],
    autoapprove: true,
    ...fields,
  };
  const authorized_grant_types = client.authorized_grant_types.filter(
    (type) => type !== 'implicit',
  );
  return [
    {
      title: `the client ${name} is created`,
      request: 'POST /oauth/clients',
      as: 'admin',
      json: {
        ...client,
        client_secret: 'secret',
        authorized_grant_types: [...authorized_grant_types, 'authorization_code'],
        redirect_uri: [callback],
      },
    },
    {
      title: `the client ${name} is updated`,
      request: `PUT /oauth/clients/${name}<run>`,
      as: 'admin',
      json: client,
    },
  ];
}

/** The path and query of an authorization request of the client `NAME<run>`. */
export function authorizePath(name: string, query: string): string {
  return `/oauth/authorize?client_id=${name}<run>${query === '' ? '' : `&${query}`}`;
}

/** A browser's `Accept` header. */
export const browser = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
} as const;

/** Creates a user and logs in. */
export function loggedInUser(session: string, name: string): readonly Exchange[] {
  return [adminToken, ...createUser(name), ...browserLogin(session, name)];
}
