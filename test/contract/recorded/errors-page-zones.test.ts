import { compareWithRecordings } from './compare.js';
import { adminToken, browserLogin, createUser } from './steps.js';

const requests = [
  'GET /',
  'GET /home',
  'GET /profile',
  'GET /login',
  'GET /passcode',
  'GET /forgot_password',
  'GET /create_account',
  'GET /reset_password?code=x',
  'GET /verify_user?code=x',
  'GET /unknown',
  'GET /info',
  'GET /healthz',
  'GET /resources/unknown.css',
  'GET /autologin?client_id=x',
  'GET /.well-known/openid-configuration',
  'GET /oauth/token/.well-known/openid-configuration',
  'GET /oauth/token/revoke/abc',
  'GET /Codes/x',
  'POST /profile',
  'POST /login.do',
  'POST /password_resets',
  'POST /unknown',
  'OPTIONS /login',
  'OPTIONS /profile',
];

compareWithRecordings('errors-page-zones', [
  adminToken,
  ...createUser('zon'),
  ...browserLogin('zones', 'zon'),
  ...requests.flatMap((request) =>
    ['uaa', 'unknown'].flatMap((zone) => {
      const headers = { 'x-identity-zone-id': zone, accept: 'text/html' };
      return [
        { title: `${request} in the zone ${zone}`, request, headers },
        {
          title: `${request} in the zone ${zone} as an administrator`,
          request,
          headers: { ...headers, accept: 'application/json' },
          as: 'admin',
        },
        {
          title: `${request} in the zone ${zone} with a session`,
          request,
          headers,
          session: 'zones',
        },
      ];
    }),
  ),
]);
