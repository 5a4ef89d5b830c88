import { clientToken, createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';

const callers: Readonly<Record<string, readonly string[]>> = {
  creator: ['scim.create'],
  reader: ['scim.read'],
  writer: ['scim.write'],
  zoneAdmin: ['zones.uaa.admin'],
  statusWriter: ['uaa.account_status.write'],
  updater: ['groups.update'],
  changer: ['password.write'],
  ids: ['scim.userids'],
};

const requests: readonly (readonly [string, unknown?])[] = [
  ['GET /Users/<sam-id>'],
  ['GET /Users?filter=id+eq+%22<sam-id>%22'],
  ['POST /Users', { userName: '' }],
  ['PUT /Users/<sam-id>', { userName: '' }],
  ['PATCH /Users/<sam-id>', {}],
  ['DELETE /Users/none'],
  ['GET /Users/<sam-id>/verify'],
  ['PATCH /Users/<sam-id>/status', { locked: false }],
  ['PUT /Users/<sam-id>/password', { password: '' }],
  ['GET /ids/Users?filter=id+eq+%22<sam-id>%22'],
  ['GET /Groups/none'],
  ['POST /Groups', {}],
  ['PUT /Groups/none', {}],
  ['DELETE /Groups/none'],
  ['POST /Groups/none/members', { value: 'x' }],
  ['DELETE /Groups/none/members/x'],
  ['POST /Groups/External', {}],
  ['GET /Groups/External?origin=none'],
];

compareWithRecordings('users-scopes', [
  adminToken,
  ...createUser('sam'),
  ...Object.entries(callers).flatMap(([name, authorities]) => [
    createClient(name, { authorities }),
    clientToken(name),
  ]),
  ...requests.flatMap(([request, json]) =>
    Object.keys(callers).map((caller): Exchange => ({
      title: `${request.replace('<sam-id>', 'ID')} by ${caller}`,
      request,
      as: caller,
      headers: { 'if-match': '*' },
      ...(json !== undefined && { json }),
    })),
  ),
]);
