import { registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';

const code = { authorized_grant_types: ['authorization_code'] };
const implicit = { authorized_grant_types: ['implicit'], client_secret: undefined };
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const redirect = (index: number, uri: string) =>
  registration(`registers the redirect URI ${uri}`, {
    client_id: `c-redirect${String(index)}-<run>`,
    ...code,
    redirect_uri: [uri],
  });

compareWithRecordings('clients-create', [
  adminToken,
  registration('registers a client with all fields', {
    client_id: 'c-full<run>',
    authorized_grant_types: ['authorization_code', 'password', 'client_credentials'],
    scope: ['openid', 'a.b'],
    authorities: ['uaa.resource', 'clients.read'],
    resource_ids: ['x'],
    redirect_uri: ['https://a.example.com/**', 'https://b.example.com'],
    autoapprove: ['openid', 'other'],
    access_token_validity: 60,
    refresh_token_validity: 120,
    allowedproviders: ['uaa'],
    required_user_groups: ['g1', 'g2'],
    name: 'Full',
    allowpublic: true,
    createdwith: 'scim.read',
    token_salt: 'abc',
    approvals_deleted: true,
    lastModified: 5,
    custom: { a: [1, null] },
  }),
  registration('registers the same client again', { client_id: 'c-full<run>' }),
  registration('registers the same id in upper case', { client_id: 'C-FULL<run>' }),
  registration('registers the reserved id uaa', { client_id: 'uaa' }),
  registration('registers the reserved id in upper case', { client_id: 'UAA', ...implicit }),
  registration('registers the reserved id without grant types', {
    client_id: 'uaa',
    authorized_grant_types: [],
  }),
  registration('registers a client without an id', {}),
  registration('registers a client whose id is null', { client_id: null }),
  registration('registers a client whose id is empty', { client_id: '', ...implicit }),
  registration('registers a client whose id is a number', { client_id: 12, ...implicit }),
  registration('registers a client whose id is a list', { client_id: ['c-list<run>'] }),
  registration('registers a client whose id is an object', { client_id: { a: 1 } }),
  registration('registers a client whose id is too long', {
    client_id: `c<run>${'x'.repeat(250)}`,
  }),
  registration('registers a client without grant types', {
    client_id: 'c-a<run>',
    authorized_grant_types: undefined,
  }),
  registration('registers a client with an empty list of grant types', {
    client_id: 'c-a<run>',
    authorized_grant_types: [],
  }),
  registration('registers a client with an empty grant type', {
    client_id: 'c-a<run>',
    authorized_grant_types: '',
  }),
  registration('registers a client with null grant types', {
    client_id: 'c-a<run>',
    authorized_grant_types: null,
  }),
  registration('registers a client with an unknown grant type', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['client_credentials', 'magic'],
  }),
  registration('registers a client with a grant type in upper case', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['CLIENT_CREDENTIALS'],
  }),
  registration('registers a client with grant types as a text', {
    client_id: 'c-text<run>',
    authorized_grant_types: 'client_credentials, password',
  }),
  registration('registers a client with grant types as a text with spaces', {
    client_id: 'c-text2<run>',
    authorized_grant_types: 'client_credentials password',
  }),
  registration('registers a client with a grant type that is a number', {
    client_id: 'c-a<run>',
    authorized_grant_types: 5,
  }),
  registration('registers a client with a null in its grant types', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['client_credentials', null],
  }),
  registration('registers a client with repeated grant types', {
    client_id: 'c-twice<run>',
    authorized_grant_types: ['client_credentials', 'client_credentials'],
  }),
  registration('registers a client with the grant type refresh_token only', {
    client_id: 'c-refresh<run>',
    authorized_grant_types: ['refresh_token'],
    client_secret: undefined,
  }),
  registration('registers a client with the grant type user_token', {
    client_id: 'c-usertoken<run>',
    authorized_grant_types: ['user_token', 'refresh_token'],
    client_secret: '',
  }),
  registration('registers a client with the saml2-bearer grant type', {
    client_id: 'c-saml<run>',
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:saml2-bearer'],
  }),
  registration('registers a client with the jwt-bearer grant type and no scope', {
    client_id: 'c-a<run>',
    authorized_grant_types: [jwtBearer],
  }),
  registration('registers a client with the jwt-bearer grant type and no secret', {
    client_id: 'c-a<run>',
    authorized_grant_types: [jwtBearer],
    scope: ['openid'],
    client_secret: ' ',
  }),
  registration('registers a client with the jwt-bearer grant type', {
    client_id: 'c-jwt<run>',
    authorized_grant_types: [jwtBearer],
    scope: ['openid'],
  }),
  registration('registers an implicit client with a secret', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['implicit'],
    redirect_uri: ['https://x.example.com'],
  }),
  registration('registers an implicit client without a redirect URI', {
    client_id: 'c-a<run>',
    ...implicit,
  }),
  registration('registers an implicit client with a secret and no redirect URI', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['implicit'],
  }),
  registration('registers an implicit client with an empty secret', {
    client_id: 'c-implicit<run>',
    authorized_grant_types: ['implicit'],
    client_secret: '',
    redirect_uri: 'https://x.example.com https://y.example.com',
  }),
  registration('registers an implicit client with an unknown grant type and no redirect URI', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['magic', 'implicit'],
  }),
  registration('registers a code client with an unknown grant type and a bad redirect URI', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['magic', 'authorization_code'],
    redirect_uri: ['nothing'],
  }),
  registration('registers a code client with an empty list of redirect URIs', {
    client_id: 'c-a<run>',
    ...code,
    redirect_uri: [],
  }),
  registration('registers a code client with an empty redirect URI', {
    client_id: 'c-a<run>',
    ...code,
    redirect_uri: '',
  }),
  registration('registers a code client with an empty redirect URI in a list', {
    client_id: 'c-a<run>',
    ...code,
    redirect_uri: [''],
  }),
  registration('registers a code client with a null redirect URI', {
    client_id: 'c-a<run>',
    ...code,
    redirect_uri: null,
  }),
  registration('registers a code client with a redirect URI that is null in a list', {
    client_id: 'c-a<run>',
    ...code,
    redirect_uri: [null],
  }),
  registration('registers a code client and an implicit grant without a redirect URI', {
    client_id: 'c-a<run>',
    authorized_grant_types: ['implicit', 'authorization_code'],
  }),
  registration('registers a code client without a secret', {
    client_id: 'c-a<run>',
    ...code,
    client_secret: undefined,
    redirect_uri: ['https://x.example.com'],
  }),
  registration('registers a client_credentials client without a secret', {
    client_id: 'c-a<run>',
    client_secret: undefined,
  }),
  registration('registers a client_credentials client with a blank secret', {
    client_id: 'c-a<run>',
    client_secret: '  ',
  }),
  registration('registers a client with a null secret', {
    client_id: 'c-a<run>',
    client_secret: null,
  }),
  registration('registers a client whose secret is a number', {
    client_id: 'c-numbersecret<run>',
    client_secret: 12345,
  }),
  registration('registers a client whose secret is a list', {
    client_id: 'c-a<run>',
    client_secret: ['secret'],
  }),
  registration('registers a client whose secret has 255 characters', {
    client_id: 'c-long<run>',
    client_secret: 's'.repeat(255),
  }),
  registration('registers a client whose secret has 256 characters', {
    client_id: 'c-a<run>',
    client_secret: 's'.repeat(256),
  }),
  registration('registers a password client whose secret has 256 characters', {
    client_id: 'c-longpassword<run>',
    authorized_grant_types: ['password'],
    client_secret: 's'.repeat(256),
  }),
  registration('registers a password client without a secret', {
    client_id: 'c-nosecret<run>',
    authorized_grant_types: ['password'],
    client_secret: undefined,
  }),
  redirect(1, 'https://*.example.com/**'),
  redirect(2, 'http*://example.com'),
  redirect(3, 'myapp://callback'),
  redirect(4, 'http://localhost:8080/cb'),
  redirect(5, 'http://localhost:*/cb'),
  redirect(6, 'https://example.com:443/path?query=1#fragment'),
  redirect(7, 'https://user:password@example.com'),
  redirect(8, 'https://user@example.com'),
  redirect(9, 'http://127.0.0.1/cb'),
  redirect(10, 'http://[::1]/cb'),
  redirect(11, 'example.com'),
  redirect(12, '*'),
  redirect(13, '**'),
  redirect(14, 'https://'),
  redirect(15, 'https://*'),
  redirect(16, 'https://*.com'),
  redirect(17, 'https://example.*'),
  redirect(18, 'urn:ietf:wg:oauth:2.0:oob'),
  redirect(19, 'https://example.com?query=1'),
  redirect(20, 'https://exa mple.com'),
  redirect(21, 'https://example.com/a b'),
  redirect(22, 'https://example.com/a,https://example.com/b'),
  redirect(23, 'HTTPS://EXAMPLE.COM/'),
  redirect(24, '/relative'),
  redirect(25, '1http://example.com'),
  redirect(26, 'https://under_score.example.com'),
  redirect(27, 'https://example.under_score'),
  redirect(28, 'https://example.com/line\nbreak'),
  redirect(29, ' https://example.com'),
  redirect(30, 'https://ex\u00e4mple.com'),
  redirect(31, 'https://example.com/\u00e4'),
  redirect(32, 'https://example.com:port/'),
  redirect(33, 'https://example.com.'),
  redirect(34, 'https://a..example.com'),
]);
