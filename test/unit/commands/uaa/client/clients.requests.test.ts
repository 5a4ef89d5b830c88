import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run, type Responses } from '../run-uaa-command.js';

/** A client in the format of the UAA. */
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
  foo: { bar: true },
  lastModified: 1_551_444_555_666,
  required_user_groups: [],
};
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const success = { status: 'ok', message: 'done' };

const responses: Responses = {
  'GET /oauth/clients': createPage(robot),
  'POST /oauth/clients': robot,
  'GET /oauth/clients/robot': robot,
  'GET /oauth/clients/robot/meta': { clientId: 'robot' },
  'PUT /oauth/clients/robot': robot,
  'DELETE /oauth/clients/robot': robot,
  'GET /oauth/clients/q%3Fx%20%C3%BC': robot,
  'POST /oauth/clients/tx/modify': [robot],
  'POST /oauth/clients/tx/delete': [{ ...robot, client_id: 'we/x' }],
  'PUT /oauth/clients/robot/secret': success,
  'PUT /oauth/clients/admin/secret': success,
  'PUT /oauth/clients/robot/clientjwt': success,
};

const firstPage = 'startIndex=1&count=500';
const getRobot = 'GET /oauth/clients/robot';
const putRobot = 'PUT /oauth/clients/robot';
const modify = 'POST /oauth/clients/tx/modify';
const minimal = '--authorized_grant_types client_credentials -s S';
const created = {
  client_id: 'robot',
  client_secret: 'S',
  name: 'robot',
  authorized_grant_types: ['client_credentials'],
};

/** The client commands of uaac, and the requests that each sends. */
const commands: [line: string, ...requests: (readonly [string, unknown?])[]][] = [
  ['clients', [`GET /oauth/clients?${firstPage}`]],
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
  ['client get robot', [getRobot]],
  ['client get robot -a scope,name', [getRobot]],
  ['client get robot --meta', [`${getRobot}/meta`]],
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
    [getRobot],
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
        foo: { bar: true },
        required_user_groups: [],
      },
    ],
  ],
  [`client add robot ${minimal} --if-missing`, [getRobot]],

  ['client update robot --name X', [getRobot], [putRobot, { client_id: 'robot', name: 'X' }]],
  [
    'client update robot --scope a+b --access_token_validity 90 --autoapprove false --name Robot',
    [getRobot],
    [putRobot, { client_id: 'robot', scope: ['a', 'b'], access_token_validity: 90 }],
  ],
  ['client update robot --name Robot --authorities a.b --autoapprove false', [getRobot]],
  [
    'client update robot --del_attrs redirect_uri,access_token_validity,foo --name X',
    [getRobot],
    [getRobot],
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
    [getRobot],
  ],
  [
    'client update robot --del-attrs name',
    [getRobot],
    [getRobot],
    [modify, [{ ...robot, name: undefined, lastModified: undefined, action: 'update' }]],
    [getRobot],
  ],
  ['client update robot --del_attrs scope,allowedproviders', [getRobot]],
  ['client delete robot', ['DELETE /oauth/clients/robot']],
  ['client delete we/x', ['POST /oauth/clients/tx/delete', [{ client_id: 'we/x' }]]],

  ['secret set robot -s N', [`${putRobot}/secret`, { secret: 'N' }]],
  [
    'secret change --old_secret O -s N',
    ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
  ],
  [
    'secret change --old-secret O -s N',
    ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
  ],
  ['secret add robot -s N', [`${putRobot}/secret`, { secret: 'N', changeMode: 'ADD' }]],
  [
    'secret add robot -s N --old_secret O',
    [`${putRobot}/secret`, { secret: 'N', oldSecret: 'O', changeMode: 'ADD' }],
  ],
  ['secret delete robot', [`${putRobot}/secret`, { changeMode: 'DELETE' }]],

  [
    'client jwt add robot --jwks_uri https://k',
    [`${putRobot}/clientjwt`, { client_id: 'robot', jwks_uri: 'https://k', changeMode: 'ADD' }],
  ],
  [
    'client jwt add robot --issuer i --subject s --audience a',
    [
      `${putRobot}/clientjwt`,
      { client_id: 'robot', iss: 'i', sub: 's', aud: 'a', changeMode: 'ADD' },
    ],
  ],
  [
    'client jwt update robot --jwks {"keys":[]}',
    [`${putRobot}/clientjwt`, { client_id: 'robot', jwks: '{"keys":[]}', changeMode: 'UPDATE' }],
  ],
  [
    'client jwt update robot --jwks-uri https://k',
    [`${putRobot}/clientjwt`, { client_id: 'robot', jwks_uri: 'https://k', changeMode: 'UPDATE' }],
  ],
  [
    'client jwt delete robot',
    [`${putRobot}/clientjwt`, { client_id: 'robot', jwks_uri: '*', changeMode: 'DELETE' }],
  ],
  [
    'client jwt delete robot --kid k1',
    [`${putRobot}/clientjwt`, { client_id: 'robot', kid: 'k1', changeMode: 'DELETE' }],
  ],
  [
    'client jwt delete robot --issuer i --subject s',
    [`${putRobot}/clientjwt`, { client_id: 'robot', iss: 'i', sub: 's', changeMode: 'DELETE' }],
  ],
];

/** Splits a command line at spaces; `+` is a space within a word. */
const splitWords = (line: string) => line.split(' ').map((word) => word.replaceAll('+', ' '));

test.each(commands)('tpks uaa %s sends the expected requests', async (line, ...requests) => {
  const result = await run(splitWords(line), responses);
  expect(result.requests).toEqual(requests);
});

test('client get finds a client in the list if its id cannot be part of a path', async () => {
  const found = {
    'GET /oauth/clients': createPage(
      { ...robot, client_id: 'We/X' },
      { ...robot, client_id: 'we/x' },
    ),
  };
  const { requests, terminal } = await run(['client', 'get', 'we/x'], found);
  expect(requests).toEqual([[`GET /oauth/clients?filter=client_id+eq+%22we%2Fx%22&${firstPage}`]]);
  expect(terminal.json).toMatchObject([{ client_id: 'we/x' }]);
});

describe('invalid command lines', () => {
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
    [
      'client jwt add robot --jwks {"keys":[{"kty":"EC","d":"private"}]}',
      { hint: /^line 1: keys\[0\]\.d belongs to a secret key/ },
    ],
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
  ])('tpks uaa %s is rejected and sends nothing', async (line, { message, hint }) => {
    const requests: [string, unknown?][] = [];
    await expect(run(splitWords(line), {}, {}, requests)).rejects.toMatchObject({
      kind: 'usage',
      ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    });
    expect(requests).toEqual([]);
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
  ])('tpks uaa %s is a usage error and sends nothing', async (line) => {
    const requests: [string, unknown?][] = [];
    await expect(run(splitWords(line), {}, {}, requests)).rejects.toMatchObject({
      code: expect.stringMatching(/^commander\.(invalidArgument|conflictingOption)$/),
    });
    expect(requests).toEqual([]);
  });
});
