import { compareWithRecordings } from './compare.js';
import { adminToken, limitedToken } from './steps.js';

/** Requests whose method the routes do not support, or that the filters reject. */
const requests = [
  ...['HEAD /Users', 'PUT /Users', 'PATCH /Users', 'DELETE /Users', 'OPTIONS /Users'],
  ...['HEAD /Users/x', 'POST /Users/x', 'OPTIONS /Users/x', 'PROPFIND /Users/x'],
  ...['GET /Users/x/password', 'HEAD /Users/x/password', 'POST /Users/x/password'],
  ...['OPTIONS /Users/x/password', 'GET /Users/x/status', 'PUT /Users/x/status'],
  ...['POST /Users/x/verify', 'HEAD /Users/x/verify', 'POST /Users/x/verify-link'],
  ...['GET /Users/x/mfa', 'POST /Users/x/mfa', 'GET /Users/x/y', 'POST /Users/x/y'],
  ...['HEAD /Groups', 'PUT /Groups', 'PATCH /Groups', 'DELETE /Groups', 'OPTIONS /Groups'],
  ...['HEAD /Groups/x', 'POST /Groups/x', 'OPTIONS /Groups/x', 'PUT /Groups/x/members'],
  ...['DELETE /Groups/x/members', 'PATCH /Groups/x/members', 'HEAD /Groups/x/members'],
  ...['OPTIONS /Groups/External', 'HEAD /Groups/External', 'POST /Groups/External/list'],
  ...['GET /Groups/External/a/b', 'PUT /Groups/External/id/a/b', 'GET /Groups/x/y'],
  ...['POST /Groups/x/y', 'PUT /Groups/x/y', 'PATCH /Groups/x/y', 'DELETE /Groups/x/y/z'],
  ...['GET /Groups/External/groupId/a/externalGroup/b', 'OPTIONS /Groups/zones'],
  ...['GET /Groups/zones/a/b', 'OPTIONS /Groups/zones/a/b', 'GET /Groups/zones/a/b/c'],
  ...['POST /ids/Users/x', 'OPTIONS /ids/Users', 'OPTIONS /userinfo', 'HEAD /userinfo'],
  ...['PUT /oauth/clients', 'PATCH /oauth/clients', 'DELETE /oauth/clients'],
  ...['HEAD /oauth/clients', 'OPTIONS /oauth/clients', 'POST /oauth/clients/x'],
  ...['PATCH /oauth/clients/x', 'HEAD /oauth/clients/x', 'OPTIONS /oauth/clients/x'],
  ...['GET /oauth/clients/x/secret', 'POST /oauth/clients/x/secret'],
  ...['OPTIONS /oauth/clients/x/secret', 'HEAD /oauth/clients/x/secret'],
  ...['POST /oauth/clients/x/meta', 'DELETE /oauth/clients/x/meta', 'HEAD /oauth/clients/x/meta'],
  ...['PATCH /oauth/clients/tx', 'OPTIONS /oauth/clients/tx', 'GET /oauth/clients/tx/delete'],
  ...['PUT /oauth/clients/tx/modify'],
  ...['GET /oauth/clients/restricted/x', 'GET /oauth/clients/x/y', 'PUT /oauth/clients/x/y'],
  ...['GET /oauth/token/revoke/x', 'POST /oauth/token/revoke/x', 'GET /oauth/token/revoke'],
  ...['GET /oauth/token/list', 'POST /oauth/token/list/user/x', 'HEAD /oauth/token/list/user/x'],
  ...['PUT /identity-providers', 'HEAD /identity-providers', 'OPTIONS /identity-providers'],
  ...[
    'POST /identity-providers/x',
    'PATCH /identity-providers/x',
    'GET /identity-providers/x/status',
  ],
  ...['PUT /identity-zones', 'PATCH /identity-zones', 'HEAD /identity-zones'],
  ...['POST /identity-zones/x', 'GET /identity-zones/x/clients', 'PUT /identity-zones/x/clients/y'],
  ...[
    'PUT /mfa-providers',
    'PATCH /mfa-providers/x',
    'POST /mfa-providers/x',
    'GET /mfa-providers/x/y',
  ],
  ...['POST /approvals', 'OPTIONS /approvals', 'GET /approvals/x', 'GET /Codes', 'PUT /Codes'],
  ...['OPTIONS /Codes', 'POST /Codes/x', 'HEAD /Codes', 'OPTIONS /Codes/x', 'GET /invite_users'],
  ...['PUT /invite_users', 'OPTIONS /invite_users', 'POST /invite_users/x', 'GET /password_resets'],
  ...[
    'PUT /password_change',
    'OPTIONS /password_resets',
    'GET /password_none',
    'GET /email_changes',
  ],
];

const callers = [
  ['without a token', {}],
  ['with the token of the admin', { as: 'admin' }],
  ['without the scope', { as: 'limited' }],
] as const;

compareWithRecordings('errors-methods', [
  adminToken,
  limitedToken('limited', 'pks.clusters.admin'),
  ...requests.flatMap((request) =>
    callers.map(([name, caller]) => ({ title: `${request} ${name}`, request, ...caller })),
  ),
]);
