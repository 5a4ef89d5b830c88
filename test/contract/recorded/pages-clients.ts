import { clientToken, createClient } from './clients-steps.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

/** Creates a client with authorities, and saves its token as `name`. */
export function createAuthorizedClient(
  name: string,
  authorities: readonly string[],
): readonly Exchange[] {
  return [
    createClient(name, {
      authorized_grant_types: ['client_credentials', 'authorization_code'],
      scope: ['uaa.none'],
      authorities,
      redirect_uri: ['https://app<run>.example.com/**'],
    }),
    clientToken(name),
  ];
}

/** Gets tokens of `admin`, and of a login server: a client with `oauth.login`. */
export const loginServer: readonly Exchange[] = [
  adminToken,
  ...createAuthorizedClient('login', ['oauth.login']),
];
