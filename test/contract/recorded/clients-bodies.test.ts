import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const client = (id: string) =>
  JSON.stringify({
    client_id: `${id}<run>`,
    client_secret: 'secret',
    authorized_grant_types: ['client_credentials'],
  });
const post = (
  title: string,
  body: string | undefined,
  headers: Exchange['headers'] = {},
): Exchange => ({
  title,
  request: 'POST /oauth/clients',
  as: 'admin',
  ...(body !== undefined && { body }),
  headers: { 'content-type': 'application/json', ...headers },
});
const type = (contentType: string | null) => ({ 'content-type': contentType });

compareWithRecordings('clients-bodies', [
  adminToken,
  post('no body', undefined),
  post('no body and no content type', undefined, type(null)),
  post('an empty body', ''),
  post('a blank body', '  '),
  post('null', 'null'),
  post('an empty object', '{}'),
  post('an empty list', '[]'),
  post('a list with a client', `[${client('b-list')}]`),
  post('a text', '"x"'),
  post('an empty text', '""'),
  post('a number', '5'),
  post('true', 'true'),
  post('text that is not JSON', 'x'),
  post('a truncated object', '{"client_id":"x"'),
  post('an object followed by other text', `${client('b-trailing')} x`),
  post('two objects', `${client('b-two')}${client('b-three')}`),
  post('an object with a comment', `{/* x */"client_id":"x"}`),
  post('an object with single quotes', `{'client_id':'x'}`),
  post('an object with a trailing comma', `{"client_id":"x",}`),
  post('an object with unquoted names', `{client_id:"x"}`),
  post('an object with NaN', `{"client_id":"x","access_token_validity":NaN}`),
  post(
    'an object with a repeated member',
    `{"client_id":"b-x<run>","client_id":"b-repeated<run>","client_secret":"s","authorized_grant_types":"client_credentials","name":"a","name":"b"}`,
  ),
  post(
    'an object with escapes',
    `{"client_id":"b-esc\\u0061pe<run>","client_secret":"s","authorized_grant_types":"client_credentials"}`,
  ),
  post(
    'a line break in a text',
    `{"client_id":"b-line\n<run>","client_secret":"s","authorized_grant_types":"client_credentials"}`,
  ),
  post('a byte order mark', `\ufeff${client('b-bom')}`),
  post('JSON with a charset', client('b-charset'), type('application/json;charset=UTF-8')),
  post(
    'JSON with charset ISO-8859-1',
    client('b-latin'),
    type('application/json;charset=ISO-8859-1'),
  ),
  post(
    'JSON with an unknown charset',
    client('b-unknown'),
    type('application/json;charset=x-none'),
  ),
  post('JSON with a type in upper case', client('b-upper'), type('APPLICATION/JSON')),
  post('JSON as application/vnd.api+json', client('b-vnd'), type('application/vnd.api+json')),
  post('JSON as application/scim+json', client('b-scim'), type('application/scim+json')),
  post('JSON as text/json', client('b-textjson'), type('text/json')),
  post('JSON as text/plain', client('b-plain'), type('text/plain')),
  post('JSON as application/octet-stream', client('b-octet'), type('application/octet-stream')),
  post('JSON as application/xml', client('b-xml'), type('application/xml')),
  post('JSON as text/xml', client('b-textxml'), type('text/xml')),
  post('JSON as multipart/form-data', client('b-multi'), type('multipart/form-data')),
  post(
    'JSON as multipart/form-data with a boundary',
    client('b-multi'),
    type('multipart/form-data; boundary=x'),
  ),
  post('JSON as a form', client('b-form'), type('application/x-www-form-urlencoded')),
  post('JSON without a content type', client('b-none'), type(null)),
  post('JSON with an empty content type', client('b-emptytype'), type('')),
  post('JSON with an invalid content type', client('b-invalid'), type('json')),
  post('JSON with the content type */*', client('b-any'), type('*/*')),
  post('JSON with the content type application/*', client('b-anyapp'), type('application/*')),
  post('JSON as application/jsonx', client('b-jsonx'), type('application/jsonx')),
  post(
    'JSON as application/json with a parameter',
    client('b-param'),
    type('application/json; v=1'),
  ),
  post('XML as application/xml', '<client/>', type('application/xml')),
  post('a form', 'client_id=x&client_secret=y', type('application/x-www-form-urlencoded')),
  post('Accept text/html', client('b-html'), { accept: 'text/html' }),
  post('Accept application/xml', client('b-acceptxml'), { accept: 'application/xml' }),
  post('Accept text/plain', client('b-accepttext'), { accept: 'text/plain' }),
  post('Accept */*', client('b-acceptany'), { accept: '*/*' }),
  post('Accept application/scim+json', client('b-acceptscim'), { accept: 'application/scim+json' }),
  post('no Accept', client('b-acceptnone'), { accept: null }),
  post('a validation error with Accept text/html', '{"client_id":"x"}', { accept: 'text/html' }),
  post('a validation error with Accept */*', '{"client_id":"x"}', { accept: '*/*' }),
  post('a validation error with Accept application/xml', '{"client_id":"x"}', {
    accept: 'application/xml',
  }),
  post('a validation error without Accept', '{"client_id":"x"}', { accept: null }),
  post('broken JSON with Accept text/html', '{', { accept: 'text/html' }),
  post('broken JSON with Accept */*', '{', { accept: '*/*' }),
  post('broken JSON with Accept application/xml', '{', { accept: 'application/xml' }),
  post('a conflict with Accept */*', client('b-acceptany'), { accept: '*/*' }),
  post('a conflict with Accept text/html', client('b-acceptany'), { accept: 'text/html' }),
  ...[
    'x%20y',
    'x+y',
    'x.y',
    'x.json',
    '%C3%A4',
    "x'y",
    'x(y)',
    'x~y',
    'x%3Fy',
    'x%23y',
    'x@y',
    'x,y',
    'x:y',
    'x%22y',
    'x%3Cy',
    'x&y=z',
    'x!$*',
  ].flatMap((part): readonly Exchange[] => {
    const json = {
      client_id: `i-${decodeURIComponent(part)}<run>`,
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
    };
    return [
      {
        title: `creates a client with the id ${part}`,
        request: 'POST /oauth/clients',
        as: 'admin',
        json,
      },
      {
        title: `gets the client with the id ${part}`,
        request: `GET /oauth/clients/i-${part}<run>`,
        as: 'admin',
      },
      {
        title: `updates the client with the id ${part}`,
        request: `PUT /oauth/clients/i-${part}<run>`,
        as: 'admin',
        json,
      },
      {
        title: `gets metadata of the client with the id ${part}`,
        request: `GET /oauth/clients/i-${part}<run>/meta`,
        as: 'admin',
      },
      {
        title: `deletes the client with the id ${part}`,
        request: `DELETE /oauth/clients/i-${part}<run>`,
        as: 'admin',
      },
    ];
  }),
  ...['x/y', 'x;y', 'x%y', 'x\\y', 'x y ', ' x', '.', '..', 'restricted', 'tx', 'meta'].flatMap(
    (part): readonly Exchange[] => [
      {
        title: `creates a client with the unusual id "${part}"`,
        request: 'POST /oauth/clients',
        as: 'admin',
        json: {
          client_id: `${part}<run>`,
          client_secret: 'secret',
          authorized_grant_types: ['client_credentials'],
        },
      },
      {
        title: `gets the client with the unusual id "${part}"`,
        request: `GET /oauth/clients/${encodeURIComponent(part)}<run>`,
        as: 'admin',
      },
    ],
  ),
]);
