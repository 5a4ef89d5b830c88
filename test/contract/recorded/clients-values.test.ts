import { registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

let index = 0;
const register = (title: string, fields: Readonly<Record<string, unknown>>): Exchange => {
  index += 1;
  return registration(title, { client_id: `v-${String(index)}-<run>`, ...fields });
};
const get = (title: string, path: string): Exchange => ({
  title,
  request: `GET ${path}`,
  as: 'admin',
});
const words = (count: number, length: number) =>
  Array.from({ length: count }, (_, number) => String(number).padEnd(length, 'x'));
/** Creates a client and reads its metadata. */
const withName = (name: unknown): readonly Exchange[] => {
  const created = register(`registers a client with the name ${JSON.stringify(name)}`, { name });
  const path = `/oauth/clients/v-${String(index)}-<run>`;
  return [created, get(`gets metadata with the name ${JSON.stringify(name)}`, `${path}/meta`)];
};

compareWithRecordings('clients-values', [
  adminToken,
  ...['admin', 'pks_client', 'pks_cluster_client'].flatMap((id) => [
    get(`gets the client ${id}`, `/oauth/clients/${id}`),
    get(`gets the metadata of the client ${id}`, `/oauth/clients/${id}/meta`),
    get(`finds the client ${id}`, `/oauth/clients?filter=client_id+eq+%22${id}%22`),
  ]),
  ...withName(5),
  ...withName(true),
  ...withName(null),
  ...withName({ a: 1 }),
  ...withName(['a']),
  ...withName(''),
  register('names three unknown grant types', { authorized_grant_types: ['zzz', 'aaa', 'magic'] }),
  register('names four unknown grant types', {
    authorized_grant_types: ['one', 'two', 'three', 'four'],
  }),
  register('names unknown grant types as text', { authorized_grant_types: 'zzz,aaa,magic' }),
  register('names a grant type with a comma', {
    authorized_grant_types: ['client_credentials,password'],
  }),
  register('names a grant type with a space', { authorized_grant_types: ['client_credentials '] }),
  register('names several invalid redirect URIs', {
    authorized_grant_types: ['authorization_code'],
    redirect_uri: ['zzz', 'aaa', 'https://valid.example.com', 'mmm'],
  }),
  register('names several invalid redirect URIs as text', {
    authorized_grant_types: ['authorization_code'],
    redirect_uri: 'zzz aaa',
  }),
  register('has many scopes', { scope: words(40, 4) }),
  register('has scopes of 10000 characters', { scope: words(10, 1000) }),
  register('has authorities of 5000 characters', { authorities: words(5, 1000) }),
  register('has redirect URIs of 1024 characters', {
    redirect_uri: [`https://x.example.com/${'x'.repeat(1002)}`],
  }),
  register('has redirect URIs of 1025 characters', {
    redirect_uri: [`https://x.example.com/${'x'.repeat(1003)}`],
  }),
  register('approves scopes of 1100 characters', {
    scope: words(11, 100),
    autoapprove: words(11, 100),
  }),
  register('requires groups of 1024 characters', { required_user_groups: ['x'.repeat(1024)] }),
  register('requires groups of 1025 characters', { required_user_groups: ['x'.repeat(1025)] }),
  register('has additional fields of 4096 characters', { x: 'x'.repeat(4088) }),
  register('has additional fields of 4097 characters', { x: 'x'.repeat(4089) }),
  register('has an id of 255 characters', { client_id: `v<run>${'x'.repeat(246)}` }),
  register('has an id of 256 characters', { client_id: `v<run>${'x'.repeat(247)}` }),
  register('approves scopes by a pattern', { scope: ['a.b', 'a.c', 'b'], autoapprove: ['a\\..*'] }),
  register('approves all by a pattern', { scope: ['a.b', 'b'], autoapprove: ['.*'] }),
  register('approves all by tru.', { scope: ['a.b', 'b'], autoapprove: ['tru.'] }),
  register('approves with an asterisk', { scope: ['a.b', 'b'], autoapprove: ['*'] }),
  register('approves with an asterisk after a prefix', { scope: ['a.b'], autoapprove: ['a.*'] }),
  register('approves TRUE', { scope: ['a.b'], autoapprove: 'TRUE' }),
  register('approves true and others', { scope: ['a.b'], autoapprove: ['a.b', 'true'] }),
  register('approves true in a text', { scope: ['a.b'], autoapprove: 'a.b,true' }),
  register('approves a part of a scope', { scope: ['a.b'], autoapprove: ['a'] }),
  register('approves the scope false', { scope: ['false', 'a'], autoapprove: false }),
  register('approves a scope with a comma', { scope: ['a,b', 'c'], autoapprove: ['a,b'] }),
  register('approves an empty pattern', { scope: ['a', ''], autoapprove: [''] }),
  register('has scopes with spaces at both ends', {
    scope: [' a ', 'b'],
    authorities: [' a ', 'b'],
  }),
  register('has scopes with quotes and slashes', { scope: ['a"b', 'c\\d', "e'f", 'g/h', '<i>'] }),
  register('has other letters', {
    scope: ['\u00e4', '\u65e5\u672c'],
    name: '\u00e4 \u65e5\u672c \u{1f600}',
  }),
  register('has numbers in all lists', {
    scope: [1, 2.5],
    authorities: [3, false],
    redirect_uri: [4],
    autoapprove: [1],
    required_user_groups: [5],
  }),
  register('has nested fields', { a: { b: { c: [1, { d: null }] } }, e: [], f: {}, g: 1.5, h: -0 }),
  register('has large numbers', { a: 12345678901, b: 0.1, c: 100, d: 123456789012345 }),
  register('has fields with odd names', {
    'a.b': 1,
    'a b': 2,
    $ref: 3,
    '@type': 4,
    _id: 5,
    '\u00e4': 6,
  }),
  register('has the fields of a client library', {
    name: 'app',
    createdwith: 'tool',
    allowpublic: false,
    show_on_homepage: true,
    app_launch_url: 'https://x.example.com',
    app_icon: 'x',
    signup_redirect_url: 'https://x.example.com',
    change_email_redirect_url: 'https://x.example.com',
    jwt_config: { keys: [] },
    jwks_uri: 'https://x.example.com',
    token_endpoint_auth_method: 'client_secret_basic',
    approvals_deleted: false,
  }),
  register('has members in another case', { SCOPE: ['x'], Client_Id: 'x', Autoapprove: true }),
  register('has all grant types except implicit', {
    authorized_grant_types: [
      'password',
      'client_credentials',
      'authorization_code',
      'refresh_token',
      'user_token',
      'urn:ietf:params:oauth:grant-type:saml2-bearer',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    scope: ['openid'],
    redirect_uri: ['https://x.example.com'],
  }),
  register('has the grant type jwt-bearer in short form', {
    authorized_grant_types: ['jwt-bearer'],
  }),
  register('has the grant type device_code', {
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  }),
  register('has an id with markup', { client_id: '<b>v<run></b>' }),
  register('repeats an id with markup', { client_id: '<b>v<run></b>' }),
  register('has a grant type with markup', { authorized_grant_types: ['<b>"x"</b>'] }),
  register('has a redirect URI with markup', {
    authorized_grant_types: ['authorization_code'],
    redirect_uri: ['<b>"x"&</b>'],
  }),
  register('has an empty secret and the refresh grant', {
    authorized_grant_types: ['refresh_token'],
    client_secret: '',
  }),
  register('has a null secret and the password grant', {
    authorized_grant_types: ['password'],
    client_secret: null,
  }),
  register('has null in every field', {
    authorized_grant_types: ['refresh_token'],
    scope: null,
    redirect_uri: null,
    resource_ids: null,
    access_token_validity: null,
    refresh_token_validity: null,
    name: null,
    allowedproviders: null,
    required_user_groups: null,
    client_secret: null,
  }),
]);
