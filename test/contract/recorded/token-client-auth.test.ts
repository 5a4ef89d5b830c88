import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';
import { encodeBasic } from './token-steps.js';

const form = 'application/x-www-form-urlencoded';

/** Sends `grant_type=client_credentials` with an `Authorization` header and optional fields. */
function authorize(
  title: string,
  authorization: string,
  fields: Readonly<Record<string, string>> = {},
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', ...fields },
    headers: { authorization },
    ...rest,
  };
}

function sendForm(
  title: string,
  fields: Readonly<Record<string, string>> | string,
  rest: Partial<Exchange> = {},
): Exchange {
  return { title, request: 'POST /oauth/token', form: fields, ...rest };
}

const admin = { client_id: 'admin', client_secret: 'adminsecret' };
const grant = { grant_type: 'client_credentials' };
const credentials = encodeBasic('admin:adminsecret');

compareWithRecordings('token-client-auth', [
  adminToken,
  authorize('Basic credentials', `Basic ${credentials}`),
  authorize('the scheme basic in lower case', `basic ${credentials}`),
  authorize('the scheme BASIC in upper case', `BASIC ${credentials}`),
  authorize(
    'the scheme basic in lower case, with the secret in the form',
    `basic ${credentials}`,
    admin,
  ),
  authorize('two spaces after Basic', `Basic  ${credentials}`),
  authorize('a tab after Basic', `Basic\t${credentials}`),
  authorize('Basic without credentials', 'Basic'),
  authorize('Basic without credentials, but the secret in the form', 'Basic', admin),
  authorize('a wrong secret in Basic', `Basic ${encodeBasic('admin:wrong')}`),
  authorize('an unknown client in Basic', `Basic ${encodeBasic('missing-<run>:wrong')}`),
  authorize('an empty secret in Basic', `Basic ${encodeBasic('admin:')}`),
  authorize('an empty client id in Basic', `Basic ${encodeBasic(':adminsecret')}`),
  authorize('only a colon in Basic', `Basic ${encodeBasic(':')}`),
  authorize('no colon in Basic', `Basic ${encodeBasic('adminadminsecret')}`),
  authorize('two colons in Basic', `Basic ${encodeBasic('admin:adminsecret:more')}`),
  authorize('characters that are not Base64', 'Basic !!!!'),
  authorize('Base64 with umlauts', 'Basic \u00e4\u00f6\u00fc\u00df'),
  authorize('one character of Base64', 'Basic a'),
  authorize('three characters of Base64', 'Basic abc'),
  authorize('only equals signs', 'Basic ===='),
  authorize(
    'Base64 without its padding',
    `Basic ${encodeBasic('admin:adminsecret!').replace(/=+$/, '')}`,
  ),
  authorize(
    'Base64 of admin:adminsecre with its padding removed',
    `Basic ${encodeBasic('admin:adminsecre').replace(/=+$/, '')}`,
  ),
  authorize('Base64 with text after it', `Basic ${credentials}====abcd`),
  authorize(
    'Base64 with a space in it',
    `Basic ${credentials.slice(0, 8)} ${credentials.slice(8)}`,
  ),
  authorize('Base64 with an unfinished group after it', `Basic ${credentials}ab`),
  authorize(
    'URL-safe Base64',
    `Basic ${Buffer.from('admin:\u00ff\u00fe?>').toString('base64url')}`,
  ),
  authorize(
    'standard Base64 with plus and slash',
    `Basic ${encodeBasic('admin:\u00ff\u00fe?>\u00fb\u00ef')}`,
  ),
  authorize('a percent-encoded secret in Basic', `Basic ${encodeBasic('admin:admin%73ecret')}`),
  authorize(
    'a percent-encoded secret in Basic, announced by a header',
    `Basic ${encodeBasic('admin:admin%73ecret')}`,
    {},
    {
      headers: {
        authorization: `Basic ${encodeBasic('admin:admin%73ecret')}`,
        'x-cf-encoded-credentials': 'true',
      },
    },
  ),
  authorize('a client id in upper case in Basic', `Basic ${encodeBasic('ADMIN:adminsecret')}`),
  authorize('spaces around the client id in Basic', `Basic ${encodeBasic(' admin :adminsecret')}`),
  authorize('the scheme Bearer without a token', 'Bearer'),
  authorize('the scheme Bearer without a token, with the secret in the form', 'Bearer', admin),
  authorize(
    'the scheme Bearer and a space without a token, with the secret in the form',
    'Bearer ',
    admin,
  ),
  authorize('the scheme Bearer with a token, without a client id', 'Bearer <admin>'),
  authorize('the scheme Bearer with a token, with the secret in the form', 'Bearer <admin>', admin),
  authorize(
    'the scheme Bearer with an unknown token, with the secret in the form',
    'Bearer rubbish',
    admin,
  ),
  authorize('the scheme Bearer with an unknown token, without a client id', 'Bearer rubbish'),
  authorize('the scheme Digest', 'Digest username="admin"'),
  authorize('the scheme Digest, with the secret in the form', 'Digest username="admin"', admin),
  authorize('an unknown scheme', 'Foo bar', admin),
  authorize('an empty Authorization header', '', admin),
  authorize('an empty Authorization header without a secret', ''),
  authorize('an Authorization header of spaces', '   ', admin),
  authorize('Basic credentials and the same client in the form', `Basic ${credentials}`, admin),
  authorize(
    'Basic credentials and the same client with a wrong secret in the form',
    `Basic ${credentials}`,
    {
      ...admin,
      client_secret: 'wrong',
    },
  ),
  authorize('Basic credentials and another client in the form', `Basic ${credentials}`, {
    client_id: 'pks_cli',
  }),
  authorize('Basic credentials and an empty client id in the form', `Basic ${credentials}`, {
    client_id: '',
  }),
  authorize('Basic credentials and an unknown client in the form', `Basic ${credentials}`, {
    client_id: 'missing-<run>',
  }),
  authorize(
    'wrong Basic credentials and a correct form',
    `Basic ${encodeBasic('admin:wrong')}`,
    admin,
  ),
  sendForm('the secret in the form', { ...grant, ...admin }),
  sendForm('a wrong secret in the form', { ...grant, ...admin, client_secret: 'wrong' }),
  sendForm('an empty secret in the form', { ...grant, ...admin, client_secret: '' }),
  sendForm('no secret in the form', { ...grant, client_id: 'admin' }),
  sendForm('no client id in the form', { ...grant, client_secret: 'adminsecret' }),
  sendForm('an empty client id in the form', { ...grant, ...admin, client_id: '' }),
  sendForm('a client id in upper case in the form', { ...grant, ...admin, client_id: 'ADMIN' }),
  sendForm('an unknown client in the form', { ...grant, ...admin, client_id: 'missing-<run>' }),
  sendForm('no client at all', grant),
  sendForm('an empty form', {}),
  sendForm(
    'the client id twice',
    'grant_type=client_credentials&client_id=admin&client_id=other&client_secret=adminsecret',
  ),
  sendForm(
    'the client id twice, the wrong one first',
    'grant_type=client_credentials&client_id=other&client_id=admin&client_secret=adminsecret',
  ),
  sendForm(
    'the secret twice',
    'grant_type=client_credentials&client_id=admin&client_secret=adminsecret&client_secret=wrong',
  ),
  sendForm(
    'the secret twice, the wrong one first',
    'grant_type=client_credentials&client_id=admin&client_secret=wrong&client_secret=adminsecret',
  ),
  sendForm(
    'the grant type twice',
    'grant_type=client_credentials&grant_type=password&client_id=admin&client_secret=adminsecret',
  ),
  sendForm(
    'the grant type twice, an unknown one first',
    'grant_type=foo&grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
  ),
  sendForm(
    'parameter names in upper case',
    'GRANT_TYPE=client_credentials&CLIENT_ID=admin&CLIENT_SECRET=adminsecret',
  ),
  sendForm(
    'a form that begins with an ampersand',
    '&grant_type=client_credentials&&client_id=admin&client_secret=adminsecret&',
  ),
  sendForm(
    'a form with an invalid escape in another field',
    'grant_type=client_credentials&client_id=admin&client_secret=adminsecret&x=%zz',
  ),
  sendForm(
    'a form with a field without a value',
    'grant_type=client_credentials&client_id=admin&client_secret=adminsecret&scope',
  ),
  sendForm(
    'a secret with an escaped character',
    'grant_type=client_credentials&client_id=admin&client_secret=admin%73ecret',
  ),
  sendForm('spaces around the values', { grant_type: ' client_credentials ', ...admin }),
  {
    title: 'the client in the query',
    request:
      'POST /oauth/token?grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
    headers: { 'content-type': form },
  },
  {
    title: 'the client in the query without a content type',
    request:
      'POST /oauth/token?grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
  },
  {
    title: 'the client in the query by GET',
    request:
      'GET /oauth/token?grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
  },
  {
    title: 'the client in the query by GET with a form type',
    request:
      'GET /oauth/token?grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
    headers: { 'content-type': form },
  },
  {
    title: 'the grant type in the query and the client in the form',
    request: 'POST /oauth/token?grant_type=client_credentials',
    form: admin,
  },
  {
    title: 'different grant types in the query and the form',
    request: 'POST /oauth/token?grant_type=foo',
    form: { ...grant, ...admin },
  },
  {
    title: 'Basic credentials and the grant type in the query',
    request: 'POST /oauth/token?grant_type=client_credentials',
    basic: ['admin', 'adminsecret'],
  },
  sendForm(
    'a form type with a charset',
    { ...grant, ...admin },
    { headers: { 'content-type': `${form};charset=UTF-8` } },
  ),
  sendForm(
    'a form type with a charset ISO-8859-1',
    { ...grant, ...admin },
    { headers: { 'content-type': `${form}; charset=ISO-8859-1` } },
  ),
  sendForm(
    'a form type with an unknown charset',
    { ...grant, ...admin },
    { headers: { 'content-type': `${form}; charset=foo` } },
  ),
  sendForm(
    'a form type in upper case',
    { ...grant, ...admin },
    { headers: { 'content-type': form.toUpperCase() } },
  ),
  sendForm(
    'a form type with more letters',
    { ...grant, ...admin },
    { headers: { 'content-type': `${form}x` } },
  ),
  sendForm(
    'a form sent as text',
    { ...grant, ...admin },
    { headers: { 'content-type': 'text/plain' } },
  ),
  sendForm(
    'a form without a content type',
    { ...grant, ...admin },
    { headers: { 'content-type': null } },
  ),
  sendForm(
    'a form sent as JSON',
    { ...grant, ...admin },
    { headers: { 'content-type': 'application/json' } },
  ),
  sendForm('a form sent as text, with Basic credentials', grant, {
    basic: ['admin', 'adminsecret'],
    headers: { 'content-type': 'text/plain' },
  }),
  { title: 'a JSON body', request: 'POST /oauth/token', json: { ...grant, ...admin } },
  {
    title: 'a JSON body with Basic credentials',
    request: 'POST /oauth/token',
    json: grant,
    basic: ['admin', 'adminsecret'],
  },
  {
    title: 'a multipart body',
    request: 'POST /oauth/token',
    basic: ['admin', 'adminsecret'],
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nclient_credentials\r\n--x--\r\n',
  },
  { title: 'no body and no credentials', request: 'POST /oauth/token' },
  {
    title: 'no body, with Basic credentials',
    request: 'POST /oauth/token',
    basic: ['admin', 'adminsecret'],
  },
  {
    title: 'an empty form with Basic credentials',
    request: 'POST /oauth/token',
    basic: ['admin', 'adminsecret'],
    form: '',
  },
]);
