import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';

let count = 0;

/** Creates a user; the members replace those of a valid user. */
function create(title: string, members: Readonly<Record<string, unknown>>): Exchange {
  count += 1;
  return {
    title,
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: `member${String(count)}-<run>`,
      emails: [{ value: 'a@example.com' }],
      password: 'secret',
      ...members,
    },
  };
}

/** Creates a user with a body that is sent unchanged. */
function createWith(title: string, body: string): Exchange {
  count += 1;
  return {
    title,
    request: 'POST /Users',
    as: 'admin',
    headers: { 'content-type': 'application/json' },
    body: body.replace('NAME', `member${String(count)}-<run>`),
  };
}

const types: readonly (readonly [string, unknown])[] = [
  ['a number', 12],
  ['a fraction', 1.5],
  ['a boolean', true],
  ['null', null],
  ['a list', ['x']],
  ['an empty list', []],
  ['an object', { x: 1 }],
  ['a text', 'true'],
  ['an empty text', ''],
];

const typedMembers = [
  ...['userName', 'password', 'externalId', 'origin', 'salt', 'id', 'zoneId', 'displayName'],
  ...['name', 'emails', 'phoneNumbers', 'active', 'verified', 'meta', 'schemas', 'groups'],
  ...['approvals', 'passwordLastModified', 'lastLogonTime', 'previousLogonTime'],
];

compareWithRecordings('users-members', [
  adminToken,
  createWith(
    'userName is a number of eight digits',
    '{"userName":<run>,"emails":[{"value":"a@example.com"}],"password":"secret"}',
  ),
  ...typedMembers.flatMap((member) =>
    types
      // The real server never responds to this request.
      .filter(([kind]) => !(member === 'approvals' && kind === 'a list'))
      // These usernames do not contain the run, so the second run would find an existing user.
      .filter(
        ([, value]) => !(member === 'userName' && ['number', 'boolean'].includes(typeof value)),
      )
      .filter(([, value]) => !(member === 'userName' && value === 'true'))
      .map(([kind, value]) => create(`${member} is ${kind}`, { [member]: value })),
  ),
]);

compareWithRecordings('users-member-names', [
  adminToken,
  createWith(
    'names in lower case',
    '{"username":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"externalid":"x","phonenumbers":[{"value":"1"}],"zoneid":"uaa","displayname":"d"}',
  ),
  createWith(
    'names in upper case',
    '{"USERNAME":"NAME","EMAILS":[{"value":"a@example.com"}],"PASSWORD":"secret",' +
      '"NAME":{"givenName":"G"},"ACTIVE":false,"VERIFIED":false,"ORIGIN":"uaa","META":{},' +
      '"SCHEMAS":["urn:scim:schemas:core:1.0"],"SALT":"s","GROUPS":[],"ID":"1"}',
  ),
  createWith(
    'inner names in upper case',
    '{"userName":"NAME","emails":[{"VALUE":"a@example.com"}],"password":"secret"}',
  ),
  createWith(
    'an unknown member',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret","foo":1}',
  ),
  createWith(
    'an unknown member before an invalid one',
    '{"userName":"NAME","foo":1,"emails":5,"password":"secret"}',
  ),
  createWith(
    'an invalid member before an unknown one',
    '{"userName":"NAME","emails":5,"foo":1,"password":"secret"}',
  ),
  createWith(
    'an unknown member of the name',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret","name":{"foo":1}}',
  ),
  createWith(
    'an unknown member of an email',
    '{"userName":"NAME","emails":[{"value":"a@example.com","foo":1}],"password":"secret"}',
  ),
  createWith(
    'an unknown member of a phone number',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"phoneNumbers":[{"value":"1","primary":true}]}',
  ),
  createWith(
    'an unknown member of meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret","meta":{"foo":1}}',
  ),
  createWith(
    'members of meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"version":7,"created":"2019-01-01T00:00:00.000Z",' +
      '"lastModified":"2019-01-01T00:00:00.000Z","attributes":["x"]}}',
  ),
  createWith(
    'an invalid date in meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"created":"yesterday"}}',
  ),
  createWith(
    'an invalid version in meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"version":"abc"}}',
  ),
  createWith(
    'a version as a text in meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"version":"3"}}',
  ),
  createWith(
    'null as a version in meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"version":null}}',
  ),
  createWith(
    'the location in meta',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"meta":{"location":"https://x","resourceType":"User"}}',
  ),
  createWith(
    'a member twice',
    '{"userName":"first","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"userName":"NAME"}',
  ),
  createWith(
    'a member twice with different case',
    '{"username":"first","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"userName":"NAME"}',
  ),
  createWith(
    'the schema of SCIM 2',
    '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"NAME",' +
      '"emails":[{"value":"a@example.com"}],"password":"secret"}',
  ),
  createWith(
    'two schemas',
    '{"schemas":["urn:scim:schemas:core:1.0","x"],"userName":"NAME",' +
      '"emails":[{"value":"a@example.com"}],"password":"secret"}',
  ),
  createWith(
    'all members of SCIM 1',
    '{"userName":"NAME","emails":[{"value":"a@example.com","type":"work","primary":true}],' +
      '"password":"secret","name":{"formatted":"F","familyName":"B","givenName":"A",' +
      '"middleName":"M","honorificPrefix":"Dr","honorificSuffix":"Jr"},"displayName":"D",' +
      '"nickName":"N","profileUrl":"https://x","title":"T","userType":"U",' +
      '"preferredLanguage":"en","locale":"en_US","timezone":"UTC",' +
      '"phoneNumbers":[{"value":"1","type":"home"},{"value":"2"}],"externalId":"ext",' +
      '"groups":[{"value":"g","display":"x","type":"DIRECT"}],"approvals":[],' +
      '"passwordLastModified":"2019-01-01T00:00:00.000Z","lastLogonTime":5,"previousLogonTime":4}',
  ),
  createWith(
    'members of SCIM 2',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"ims":[],"photos":[],"addresses":[]}',
  ),
  createWith(
    'a group with an invalid type',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"groups":[{"value":"g","type":"OTHER"}]}',
  ),
  createWith(
    'a group with an unknown member',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"groups":[{"value":"g","foo":"OTHER"}]}',
  ),
  createWith(
    'an approval',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"approvals":[{"clientId":"pks_cli","scope":"openid","status":"APPROVED"}]}',
  ),
  createWith(
    'an approval without a status',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"approvals":[{"clientId":"pks_cli","scope":"openid"}]}',
  ),
  createWith(
    'an approval with an unknown member',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"approvals":[{"clientId":"pks_cli","scope":"openid","status":"DENIED","foo":1}]}',
  ),
  createWith(
    'an approval with an invalid status',
    '{"userName":"NAME","emails":[{"value":"a@example.com"}],"password":"secret",' +
      '"approvals":[{"clientId":"pks_cli","scope":"openid","status":"MAYBE"}]}',
  ),
]);

/** The real server never responds to an empty list, a text, a number or a boolean. */
const bodies: readonly (readonly [string, string])[] = [
  ['an empty body', ''],
  ['only spaces', '  \n '],
  ['null', 'null'],
  ['a list of a user', '[{"userName":"x"}]'],
  ['an empty object', '{}'],
  ['an unclosed object', '{"userName":"x"'],
  ['only an opening bracket', '{'],
  ['a member without a value', '{"userName"}'],
  ['a missing comma', '{"userName":"x" "emails":[]}'],
  ['a trailing comma', '{"userName":"x",}'],
  ['single quotes', "{'userName':'x'}"],
  ['names without quotes', '{userName:"x"}'],
  ['a word', 'hello'],
  ['a form', 'userName=x&password=y'],
  ['text after the object', '{"userName":""} trailing'],
  ['a comment', '{/* x */"userName":"x"}'],
  ['an unknown escape', '{"userName":"\\x"}'],
  ['a line break in a text', '{"userName":"a\nb"}'],
  ['a byte order mark', '\ufeff{"userName":""}'],
  ['XML', '<user/>'],
];

compareWithRecordings('users-bodies', [
  adminToken,
  ...bodies.flatMap(([kind, body]) =>
    ['POST /Users', 'PUT /Users/none', 'PATCH /Users/none'].map((request): Exchange => ({
      title: `${request} with ${kind}`,
      request,
      as: 'admin',
      headers: { 'content-type': 'application/json', 'if-match': '*' },
      body,
    })),
  ),
  ...[
    null,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'text/json',
    'application/scim+json',
    'application/json;charset=utf-8',
    'application/json;charset=UTF-16',
    'application/json; charset=bogus',
    'APPLICATION/JSON',
    'application/*+json',
    'application/jsonx',
    'application',
    'bogus/',
    '*/*',
    'application/*',
    'multipart/form-data; boundary=x',
    '',
  ].flatMap((type) =>
    ['POST /Users', 'PUT /Users/none', 'PATCH /Users/none'].map((request): Exchange => ({
      title: `${request} with ${type === null ? 'no content type' : `the content type "${type}"`}`,
      request,
      as: 'admin',
      headers: { 'content-type': type, 'if-match': '*' },
      body: '{"userName":""}',
    })),
  ),
]);
