import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run, type Answers } from '../uaa-line.js';

/** A client as the UAA shows it. */
const robot = {
  client_id: 'robot',
  scope: ['uaa.none'],
  resource_ids: ['none'],
  authorized_grant_types: ['client_credentials'],
  redirect_uri: ['https://a/cb'],
  autoapprove: [],
  access_token_validity: 60,
  authorities: ['a.b'],
  name: 'Robot',
  foo: { kept: true },
  lastModified: 1_551_444_555_666,
  required_user_groups: [],
};
const page = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const done = { status: 'ok', message: 'done' };

const uaa: Answers = {
  'GET /oauth/clients': page(robot),
  'POST /oauth/clients': robot,
  'GET /oauth/clients/robot': robot,
  'GET /oauth/clients/robot/meta': { clientId: 'robot' },
  'PUT /oauth/clients/robot': robot,
  'DELETE /oauth/clients/robot': robot,
  'GET /oauth/clients/q%3Fx%20%C3%BC': robot,
  'POST /oauth/clients/tx/modify': [robot],
  'POST /oauth/clients/tx/delete': [{ ...robot, client_id: 'we/x' }],
  'PUT /oauth/clients/robot/secret': done,
  'PUT /oauth/clients/admin/secret': done,
  'PUT /oauth/clients/robot/clientjwt': done,
};

const every = 'startIndex=1&count=500';
const get = 'GET /oauth/clients/robot';
const put = 'PUT /oauth/clients/robot';
const modify = 'POST /oauth/clients/tx/modify';
const minimal = '--authorized_grant_types client_credentials -s S';
const created = {
  client_id: 'robot',
  client_secret: 'S',
  name: 'robot',
  authorized_grant_types: ['client_credentials'],
};

/** Each line of uaac's table of client commands, and the requests that go out for it. */
const lines: [line: string, ...requests: (readonly [string, unknown?])[]][] = [
  ['clients', [`GET /oauth/clients?${every}`]],
  [
    'clients client_id+pr -a scope --start 2 --count 3',
    ['GET /oauth/clients?filter=client_id+pr&startIndex=2&count=3'],
  ],
  [
    'clients --filter scope+pr --sort-by lastmodified --descending --limit 1',
    [
      'GET /oauth/clients?filter=scope+pr&sortBy=lastmodified&sortOrder=descending&startIndex=1&count=1',
    ],
  ],
  ['client get robot', [get]],
  ['client get robot -a scope,name', [get]],
  ['client get robot --meta', [`${get}/meta`]],
  ['client get q?x+ü', ['GET /oauth/clients/q%3Fx%20%C3%BC']],

  [`client add robot ${minimal}`, ['POST /oauth/clients', created]],
  [
    `client add robot ${minimal} --name Robot --scope a,b --authorities c --autoapprove true ` +
      '--access_token_validity 60 --refresh_token_validity 120 --redirect_uri https://a,https://b ' +
      '--redirect_uri https://c --allowpublic false --allowedproviders uaa,ldap ' +
      '--signup_redirect_url https://s --required_user_groups g,h',
    [
      'POST /oauth/clients',
      {
        ...created,
        name: 'Robot',
        scope: ['a', 'b'],
        authorities: ['c'],
        autoapprove: true,
        access_token_validity: 60,
        refresh_token_validity: 120,
        redirect_uri: ['https://a', 'https://b', 'https://c'],
        allowpublic: false,
        allowedproviders: ['uaa', 'ldap'],
        signup_redirect_url: 'https://s',
        required_user_groups: ['g', 'h'],
      },
    ],
  ],
  [
    'client add robot -s S --authorized-grant-types client_credentials --redirect-uri https://a ' +
      '--redirect_uri https://b --access-token-validity 60 --autoapprove a,b --allowedproviders all',
    [
      'POST /oauth/clients',
      {
        ...created,
        redirect_uri: ['https://a', 'https://b'],
        access_token_validity: 60,
        autoapprove: ['a', 'b'],
      },
    ],
  ],
  [
    'client add robot --authorized_grant_types password --no-secret',
    [
      'POST /oauth/clients',
      { ...created, client_secret: '', authorized_grant_types: ['password'] },
    ],
  ],
  [
    'client add robot --authorized_grant_types implicit --redirect_uri https://a',
    [
      'POST /oauth/clients',
      {
        client_id: 'robot',
        name: 'robot',
        authorized_grant_types: ['implicit'],
        redirect_uri: ['https://a'],
      },
    ],
  ],
  [
    'client add twin --clone robot --scope x -s S',
    [get],
    [
      'POST /oauth/clients',
      {
        client_id: 'twin',
        client_secret: 'S',
        name: 'Robot',
        scope: ['x'],
        authorized_grant_types: ['client_credentials'],
        redirect_uri: ['https://a/cb'],
        autoapprove: [],
        access_token_validity: 60,
        authorities: ['a.b'],
        foo: { kept: true },
        required_user_groups: [],
      },
    ],
  ],
  [`client add robot ${minimal} --if-missing`, [get]],

  ['client update robot --name X', [get], [put, { client_id: 'robot', name: 'X' }]],
  [
    'client update robot --scope a+b --access_token_validity 90 --autoapprove false --name Robot',
    [get],
    [put, { client_id: 'robot', scope: ['a', 'b'], access_token_validity: 90 }],
  ],
  ['client update robot --name Robot --authorities a.b --autoapprove false', [get]],
  [
    'client update robot --del_attrs redirect_uri,access_token_validity,foo --name X',
    [get],
    [get],
    [
      modify,
      [
        {
          client_id: 'robot',
          scope: ['uaa.none'],
          resource_ids: ['none'],
          authorized_grant_types: ['client_credentials'],
          autoapprove: [],
          authorities: ['a.b'],
          name: 'X',
          required_user_groups: [],
          action: 'update',
        },
      ],
    ],
    [get],
  ],
  [
    'client update robot --del-attrs name',
    [get],
    [get],
    [modify, [{ ...robot, name: undefined, lastModified: undefined, action: 'update' }]],
    [get],
  ],
  ['client update robot --del_attrs scope,allowedproviders', [get]],
  ['client delete robot', ['DELETE /oauth/clients/robot']],
  ['client delete we/x', ['POST /oauth/clients/tx/delete', [{ client_id: 'we/x' }]]],

  ['secret set robot -s N', [`${put}/secret`, { secret: 'N' }]],
  [
    'secret change --old_secret O -s N',
    ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
  ],
  [
    'secret change --old-secret O -s N',
    ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
  ],
  ['secret add robot -s N', [`${put}/secret`, { secret: 'N', changeMode: 'ADD' }]],
  [
    'secret add robot -s N --old_secret O',
    [`${put}/secret`, { secret: 'N', oldSecret: 'O', changeMode: 'ADD' }],
  ],
  ['secret delete robot', [`${put}/secret`, { changeMode: 'DELETE' }]],

  [
    'client jwt add robot --jwks_uri https://k',
    [`${put}/clientjwt`, { client_id: 'robot', jwks_uri: 'https://k', changeMode: 'ADD' }],
  ],
  [
    'client jwt add robot --issuer i --subject s --audience a',
    [`${put}/clientjwt`, { client_id: 'robot', iss: 'i', sub: 's', aud: 'a', changeMode: 'ADD' }],
  ],
  [
    'client jwt update robot --jwks {"keys":[]}',
    [`${put}/clientjwt`, { client_id: 'robot', jwks: '{"keys":[]}', changeMode: 'UPDATE' }],
  ],
  [
    'client jwt update robot --jwks-uri https://k',
    [`${put}/clientjwt`, { client_id: 'robot', jwks_uri: 'https://k', changeMode: 'UPDATE' }],
  ],
  [
    'client jwt delete robot',
    [`${put}/clientjwt`, { client_id: 'robot', jwks_uri: '*', changeMode: 'DELETE' }],
  ],
  [
    'client jwt delete robot --kid k1',
    [`${put}/clientjwt`, { client_id: 'robot', kid: 'k1', changeMode: 'DELETE' }],
  ],
  [
    'client jwt delete robot --issuer i --subject s',
    [`${put}/clientjwt`, { client_id: 'robot', iss: 'i', sub: 's', changeMode: 'DELETE' }],
  ],
];

/** A `+` stands for a blank within a word. */
const words = (line: string) => line.split(' ').map((word) => word.replaceAll('+', ' '));

test.each(lines)('%s', async (line, ...requests) => {
  const { requests: sent } = await run(words(line), uaa);
  expect(sent).toEqual(requests);
});

test('a client that no path can carry is looked for in the list', async () => {
  const answers = {
    'GET /oauth/clients': page({ ...robot, client_id: 'We/X' }, { ...robot, client_id: 'we/x' }),
  };
  const { requests, terminal } = await run(['client', 'get', 'we/x'], answers);
  expect(requests).toEqual([[`GET /oauth/clients?filter=client_id+eq+%22we%2Fx%22&${every}`]]);
  expect(terminal.json).toMatchObject([{ client_id: 'we/x' }]);
});

describe('nothing is sent', () => {
  test.each<[line: string, error: { message?: RegExp | string; hint?: RegExp | string }]>([
    [`client add we/x ${minimal}`, { message: /"we\/x": it contains a slash/ }],
    [`client add p%x ${minimal}`, { message: /percent sign/ }],
    [`client add tx ${minimal}`, { message: /reserved by the UAA/ }],
    [`client add ${'x'.repeat(256)} ${minimal}`, { message: /longer than 255/ }],
    ['client add robot --authorized_grant_types password', { hint: /--generate-secret/ }],
    ['client add robot -s S', { hint: 'use --authorized_grant_types' }],
    ['client update robot', { message: /^Nothing to update. Use -i/ }],
    [
      'client update robot --scope a --del_attrs scope',
      { message: /^scope cannot be both set and removed/ },
    ],
    ['client jwt add robot', { message: 'Missing key or issuer' }],
    [
      'client jwt add robot --issuer i',
      { message: '--issuer and --subject must be used together' },
    ],
    ['client jwt add robot --jwks {kty:RSA}', { hint: 'line 1: this is not valid JSON' }],
    ['client jwt update robot --jwks [1]', { hint: /^line 1: the keys must be an object/ }],
    ['client jwt add robot --jwks {"kid":1}', { hint: 'line 1: kty is missing' }],
    [
      'client jwt add robot --jwks {"keys":[{"kty":"RSA"},{"kty":1},"k"]}',
      {
        message: 'Nothing was sent: --jwks has 2 problems',
        hint: /^line 1: keys\[1\]\.kty must be a string.*\nline 1: keys\[2\] must be an object/,
      },
    ],
    [
      'client jwt delete robot --subject s',
      { message: '--issuer and --subject must be used together' },
    ],
    ['secret set robot', { hint: /TPKS_NEW_SECRET_FILE$/ }],
    [
      'secret change --old-secret-file - --secret-file -',
      { message: 'Both secrets use stdin, which can be read only once' },
    ],
  ])('%s', async (line, { message, hint }) => {
    const sent: [string, unknown?][] = [];
    await expect(run(words(line), {}, {}, sent)).rejects.toMatchObject({
      kind: 'usage',
      ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    });
    expect(sent).toEqual([]);
  });

  test.each([
    ['client add robot --access_token_validity 1.5'],
    ['client add robot --access_token_validity 2147483648'],
    ['client add robot --refresh-token-validity -1'],
    ['client add robot --allowpublic yes'],
    ['client add robot -s S --generate-secret'],
    ['client add robot --secret-file f --no-secret'],
    ['client get robot --meta -a scope'],
    ['client jwt add robot --jwks_uri https://k --jwks {}'],
  ])('%s is not understood', async (line) => {
    const sent: [string, unknown?][] = [];
    await expect(run(words(line), {}, {}, sent)).rejects.toMatchObject({
      code: expect.stringMatching(/^commander\.(invalidArgument|conflictingOption)$/),
    });
    expect(sent).toEqual([]);
  });
});
