import { describe, expect, test } from '@jest/globals';
import { run, type Responses, type Setup } from './run-uaa-command.js';

/** A user in the format of the UAA, with fields that are unknown to tpks. */
const cody = {
  id: 'c-1',
  meta: { version: 3, lastModified: '2026-11-25T01:02:03.000Z' },
  userName: 'cody',
  name: { familyName: 'Example', givenName: 'Cody' },
  emails: [{ value: 'cody@example.com', primary: false }],
  phoneNumbers: [{ value: '1' }],
  active: true,
  verified: false,
  origin: 'uaa',
  salt: 's',
};
const team = { id: 'g-1', displayName: 'team', members: [] };
const mapping = { groupId: 'g-1', displayName: 'team', externalGroup: 'cn=dev', origin: 'ldap' };
const ldap = { id: 'i-1', originKey: 'ldap', type: 'ldap', name: 'LDAP', active: false };
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });

const responses: Responses = {
  'GET /Users': createPage(cody),
  'POST /Users': cody,
  'PUT /Users/c-1': cody,
  'DELETE /Users/c-1': cody,
  'PATCH /Users/c-1/status': { locked: false },
  'PUT /Users/c-1/password': { status: 'ok', message: 'password updated' },
  'GET /ids/Users': createPage({ id: 'c-1', userName: 'cody', origin: 'uaa' }),
  'GET /Groups': createPage(team),
  'POST /Groups': team,
  'POST /Groups/g-1/members': { value: 'c-1' },
  'DELETE /Groups/g-1/members/c-1': { value: 'c-1' },
  'DELETE /Groups/g-1': team,
  'GET /Groups/g-1/members': [{ value: 'c-1', type: 'USER', entity: { userName: 'cody' } }],
  'GET /Groups/External': createPage(mapping),
  'POST /Groups/External': mapping,
  'DELETE /Groups/External/groupId/g-1/externalGroup/cn%3Ddev/origin/ldap': mapping,
  'DELETE /Groups/External/groupId/g-1/externalGroup/what%3F/origin/Okta': mapping,
  'GET /identity-providers': [ldap],
  'GET /identity-providers/i-1': ldap,
  'GET /identity-zones': [{ id: 'uaa', subdomain: '', name: 'uaa', active: true }],
  'GET /userinfo': { user_id: 'c-1', user_name: 'cody' },
  'GET /info': { app: { version: '4.30.0' }, prompts: { username: ['text', 'Email'] } },
  'GET /token_key': { kty: 'RSA', alg: 'RS256', value: 'PEM' },
  'POST /password/score': { score: 0, requiredScore: 0 },
  'GET /Clients': {},
  'DELETE /x': {},
  'POST /y': {},
};

const firstPage = 'startIndex=1&count=500';
const readUser = (filter: string) => `GET /Users?filter=${filter}&${firstPage}`;
const findUserId = (filter: string) =>
  `GET /Users?filter=${filter}&attributes=id%2CuserName%2Corigin&${firstPage}`;
const byName = 'userName+eq+%22cody%22';
const byNameAndOrigin = '%28userName+eq+%22cody%22%29+and+origin+eq+%22uaa%22';
const byId = 'id+eq+%22c-1%22';
const findGroupId =
  'GET /Groups?filter=displayName+eq+%22team%22&attributes=id%2CdisplayName' + `&${firstPage}`;
const findIds = (filter: string) =>
  `GET /ids/Users?includeInactive=true&filter=${filter}&${firstPage}`;
const schemas = ['urn:scim:schemas:core:1.0'];
const mappingRequest = { displayName: 'team', externalGroup: 'cn=dev', origin: 'ldap', schemas };

type Request = readonly [line: string, body?: unknown];

/** The commands of uaac for users, passwords, groups and so on, and the requests that each sends. */
const commands: [line: string, ...requests: Request[]][] = [
  // Users
  ['users', [`GET /Users?${firstPage}`]],
  [
    'users active+eq+true -a id,username --start 2 --count 3',
    ['GET /Users?filter=active%2Beq%2Btrue&attributes=id%2CuserName&startIndex=2&count=3'],
  ],
  ['user get cody', [readUser(byName)]],
  ['user get cody --origin uaa', [readUser(byNameAndOrigin)]],
  [
    'user get --id c-1 -a emails',
    [`GET /Users?filter=${byId}&attributes=emails%2Cid%2CuserName%2Corigin&${firstPage}`],
  ],
  [
    'user add erin --emails e@example.com --phones 1 --given_name E --family_name X -p new',
    [
      'POST /Users',
      {
        userName: 'erin',
        password: 'new',
        name: { givenName: 'E', familyName: 'X' },
        emails: [{ value: 'e@example.com' }],
        phoneNumbers: [{ value: '1' }],
      },
    ],
  ],
  [
    'user add erin --emails e@example.com --origin ldap',
    [
      'POST /Users',
      {
        userName: 'erin',
        origin: 'ldap',
        name: {},
        emails: [{ value: 'e@example.com' }],
        phoneNumbers: [],
      },
    ],
  ],
  ['user delete cody', [findUserId(byName)], ['DELETE /Users/c-1']],
  [
    'user update cody --given_name C --family_name E --emails c@example.com --phones 2',
    [readUser(byName)],
    [
      'PUT /Users/c-1',
      {
        ...cody,
        name: { familyName: 'E', givenName: 'C' },
        emails: [{ value: 'c@example.com' }],
        phoneNumbers: [{ value: '2' }],
      },
    ],
  ],
  [
    'user update cody --given-name C --origin uaa',
    [readUser(byNameAndOrigin)],
    ['PUT /Users/c-1', { ...cody, name: { familyName: 'Example', givenName: 'C' } }],
  ],
  [
    'user update --id c-1 --del_attrs phones,family_name',
    [readUser(byId)],
    ['PUT /Users/c-1', { ...cody, phoneNumbers: undefined, name: { givenName: 'Cody' } }],
  ],
  [
    'user deactivate cody',
    [readUser(byName)],
    ['PUT /Users/c-1', { ...cody, active: false, verified: false }],
  ],
  ['user deactivate --id c-1', [readUser(byId)], ['PUT /Users/c-1', { ...cody, active: false }]],
  ['user unlock cody', [findUserId(byName)], ['PATCH /Users/c-1/status', { locked: false }]],
  ['user unlock --id c-1', ['PATCH /Users/c-1/status', { locked: false }]],
  ['user ids cody', [findIds(byName)]],
  [
    'user ids CODY --id c-1 --origin uaa',
    [findIds('%28userName+eq+%22CODY%22+or+id+eq+%22c-1%22%29+and+origin+eq+%22uaa%22')],
  ],
  ['user delete --id c-1', ['DELETE /Users/c-1']],

  // Passwords
  [
    'password set cody -p new',
    [findUserId(byName)],
    ['PUT /Users/c-1/password', { password: 'new' }],
  ],
  ['password set --id c-1 -p new', ['PUT /Users/c-1/password', { password: 'new' }]],
  [
    'password set cody --origin uaa --password-stdin',
    [findUserId(byNameAndOrigin)],
    ['PUT /Users/c-1/password', { password: 'from stdin' }],
  ],
  [
    'password change -o old -p new',
    ['PUT /Users/c-1/password', { password: 'new', oldPassword: 'old' }],
  ],
  ['password strength secret', ['POST /password/score', 'password=secret']],

  // Groups
  ['groups', [`GET /Groups?${firstPage}`]],
  [
    'groups --filter id+pr -a members --start 2 --count 3',
    ['GET /Groups?filter=id%2Bpr&attributes=members&startIndex=2&count=3'],
  ],
  ['group get team', [`GET /Groups?filter=displayName+eq+%22team%22&${firstPage}`]],
  ['group add new', ['POST /Groups', { displayName: 'new' }]],
  [
    'group add new --description words',
    ['POST /Groups', { displayName: 'new', description: 'words' }],
  ],
  [
    'member add team cody',
    [findGroupId],
    [findUserId(byName)],
    ['POST /Groups/g-1/members', { origin: 'uaa', type: 'USER', value: 'c-1' }],
  ],
  [
    'member delete team cody --origin uaa',
    [findGroupId],
    [findUserId(byNameAndOrigin)],
    ['DELETE /Groups/g-1/members/c-1'],
  ],
  ['group delete team', [findGroupId], ['DELETE /Groups/g-1']],
  ['group delete --id g-1', ['DELETE /Groups/g-1']],
  ['members team', [findGroupId], ['GET /Groups/g-1/members?returnEntities=true']],
  ['group mappings', [`GET /Groups/External?${firstPage}`]],
  ['group mappings --start 2 --count 3', ['GET /Groups/External?startIndex=2&count=3']],
  [
    'group mappings --origin ldap --external CN=Dev --limit 9',
    ['GET /Groups/External?origin=ldap&externalGroup=cn%3Ddev&startIndex=1&count=9'],
  ],
  ['group map cn=dev --name team', ['POST /Groups/External', mappingRequest]],
  [
    'group map cn=dev --id g-1 --origin Okta',
    ['POST /Groups/External', { groupId: 'g-1', externalGroup: 'cn=dev', origin: 'Okta', schemas }],
  ],
  [
    'group map a/b --name team --force',
    ['POST /Groups/External', { ...mappingRequest, externalGroup: 'a/b' }],
  ],
  [
    'group unmap team cn=dev',
    [findGroupId],
    ['DELETE /Groups/External/groupId/g-1/externalGroup/cn%3Ddev/origin/ldap'],
  ],
  [
    'group unmap --id g-1 what? --origin Okta',
    ['DELETE /Groups/External/groupId/g-1/externalGroup/what%3F/origin/Okta'],
  ],

  // Information
  ['me', ['GET /userinfo?schema=openid']],
  ['prompts', ['GET /info']],
  ['signing key', ['GET /token_key']],
  ['signing key -c reader -s plain', ['GET /token_key']],

  // Requests that uaac supports only through its curl command
  ['idps', ['GET /identity-providers?rawConfig=true']],
  ['idp get LDAP', ['GET /identity-providers?rawConfig=true']],
  ['idp get --id i-1', ['GET /identity-providers/i-1?rawConfig=true']],
  ['zones', ['GET /identity-zones']],
  ['curl /Clients?a=b', ['GET /Clients?a=b']],
  ['curl -X delete x -k -b', ['DELETE /x']],
  ['curl --request POST -d {"a":1} /y', ['POST /y', { a: 1 }]],
  ['curl -d text /y', ['POST /y', 'text']],
  ['curl https://uaa.example.com:8443/Clients', ['GET /Clients']],
];

const setup: Setup = { stdin: 'from stdin\n', claims: { user_id: 'c-1' } };

test.each(commands)('tpks uaa %s sends the expected requests', async (line, ...expected) => {
  const { requests } = await run(line.split(' '), responses, setup);
  expect(requests).toEqual(JSON.parse(JSON.stringify(expected)));
});

describe('request headers', () => {
  test('an update of a user sends the version that was read', async () => {
    const { headers } = await run(['user', 'deactivate', 'cody'], responses);
    expect(headers.map((header) => header?.['if-match'])).toEqual([undefined, '3']);
  });

  test('signing key sends the client credentials', async () => {
    const { headers } = await run(['signing', 'key', '-c', 'reader', '-s', 'plain'], responses);
    const authorization = `Basic ${Buffer.from('reader:plain').toString('base64')}`;
    expect(headers).toMatchObject([{ authorization }]);
  });

  test.each([
    [{ id: 'lab-id' }, 'x-identity-zone-id', 'lab-id'],
    [{ subdomain: 'lab' }, 'x-identity-zone-subdomain', 'lab'],
  ])(
    'curl sends the zone %j as the header %s, and the given headers',
    async (zone, name, value) => {
      const { headers } = await run(['curl', '-H', 'X-Time: 12:30:00', '/Clients'], responses, {
        zone,
      });
      expect(headers).toEqual([
        { accept: 'application/json', [name]: value, 'x-time': '12:30:00' },
      ]);
    },
  );
});
