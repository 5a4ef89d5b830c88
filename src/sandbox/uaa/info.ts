import { json, route, text } from '../router.js';
import type { Route, SandboxResponse } from '../router.js';
import type { TokenIssue } from './token-issue.js';

/** `/info` and `/healthz`: who this server is and whether it is up. */
export function infoRoutes(issue: TokenIssue): readonly Route[] {
  return [
    route('GET', '/info', () => info(issue)),
    route('GET', '/healthz', () => text(200, 'ok\n')),
  ];
}

/** What `/info` and the JSON form of `/login` answer. */
export function info({ settings: { issuer } }: TokenIssue): SandboxResponse {
  return json(200, {
    app: { version: '4.30.0' },
    links: {
      uaa: issuer,
      passwd: '/forgot_password',
      login: issuer,
      register: '/create_account',
    },
    zone_name: 'uaa',
    entityID: 'cloudfoundry-saml-login',
    commit_id: '676c77a',
    idpDefinitions: {},
    prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
    timestamp: '2019-04-30T14:32:09-0700',
  });
}
