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
  authorize('a wrong secret in Basic', `Basic ${encodeBasic('admin:wrong')}`),
  authorize('an unknown client in Basic', `Basic ${encodeBasic('missing-<run>:wrong')}`),
  authorize('an empty secret in Basic', `Basic ${encodeBasic('admin:')}`),
  authorize('no colon in Basic', `Basic ${encodeBasic('adminadminsecret')}`),
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
  authorize('the scheme Bearer with a token, without a client id', 'Bearer <admin>'),
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
  sendForm('an unknown client in the form', { ...grant, ...admin, client_id: 'missing-<run>' }),
  sendForm('no client at all', grant),
  {
    title: 'the client in the query',
    request:
      'POST /oauth/token?grant_type=client_credentials&client_id=admin&client_secret=adminsecret',
    headers: { 'content-type': form },
  },
  {
    title: 'the grant type in the query and the client in the form',
    request: 'POST /oauth/token?grant_type=client_credentials',
    form: admin,
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
  { title: 'a JSON body', request: 'POST /oauth/token', json: { ...grant, ...admin } },
]);
