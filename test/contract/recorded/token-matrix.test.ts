import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, encodeBasic, requestUserToken } from './token-steps.js';

const id = 'mx<run>';
const secret = 'mx-secret';

/** The parameters of a request with each grant. Not all of them are valid. */
const grants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  client_credentials: {},
  password: { username: 'max<run>', password: 'max-password' },
  passcode: { grant_type: 'password', passcode: 'abc' },
  refresh_token: { refresh_token: '<mx-refresh>' },
  authorization_code: { code: 'abc', redirect_uri: 'http://localhost/cb' },
  user_token: {},
  'jwt-bearer': {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: '<mx-access>',
  },
};

/** The credentials of the client: form fields, and the rest of the request. */
const credentials: Readonly<Record<string, readonly [Record<string, string>, Partial<Exchange>]>> =
  {
    'Basic credentials': [{}, { basic: [id, secret] }],
    'Basic credentials and the id in the form': [{ client_id: id }, { basic: [id, secret] }],
    'Basic credentials and another id in the form': [
      { client_id: 'cf<run>' },
      { basic: [id, secret] },
    ],
    'Basic credentials and another secret in the form': [
      { client_id: id, client_secret: 'other' },
      { basic: [id, secret] },
    ],
    'a wrong Basic secret and the right one in the form': [
      { client_id: id, client_secret: secret },
      { basic: [id, 'other'] },
    ],
    'an empty Basic secret': [{}, { basic: [id, ''] }],
    'a Basic header in lower case': [
      {},
      { headers: { authorization: `basic ${encodeBasic('admin:adminsecret')}` } },
    ],
    'an unknown client': [{ client_id: 'unknown<run>', client_secret: 'x' }, {}],
    'the id only': [{ client_id: id }, {}],
    'an empty secret in the form': [{ client_id: id, client_secret: '' }, {}],
    'a secret in the form with a space': [{ client_id: id, client_secret: `${secret} ` }, {}],
    'the id in upper case': [{ client_id: 'MX<run>', client_secret: secret }, {}],
    'a client without a secret': [{ client_id: 'im<run>', client_secret: '' }, {}],
    'a client without a secret by Basic': [{}, { basic: ['im<run>', ''] }],
    'a bearer token of a client': [{ client_id: id }, { as: 'admin' }],
    'a bearer token of a user': [{ client_id: id }, { as: 'mx-access' }],
    'a bearer token of a user, without an id': [{}, { as: 'mx-access' }],
    'no credentials': [{}, {}],
  };

compareWithRecordings('token-matrix', [
  adminToken,
  ...createUser('max'),
  createClient('mx', {
    authorized_grant_types: [
      'client_credentials',
      'password',
      'refresh_token',
      'authorization_code',
      'user_token',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    redirect_uri: ['http://localhost/cb'],
    scope: ['uaa.user', 'openid'],
    authorities: ['uaa.resource', 'scim.read'],
    autoapprove: true,
  }),
  {
    title: 'a client without a secret is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'im<run>',
      authorized_grant_types: ['implicit', 'password', 'refresh_token', 'user_token'],
      redirect_uri: ['http://localhost/cb'],
      scope: ['uaa.user', 'openid'],
    },
  },
  requestUserToken(
    'the user gets a token',
    'mx',
    'max',
    {},
    {
      save: { 'mx-access': 'access_token', 'mx-refresh': 'refresh_token' },
    },
  ),
  ...Object.entries(credentials).flatMap(([how, [fields, rest]]) =>
    Object.entries(grants).map(([grant, form]) => ({
      title: `${grant} with ${how}`,
      request: 'POST /oauth/token',
      form: { grant_type: grant, ...form, ...fields },
      ...rest,
    })),
  ),
]);
