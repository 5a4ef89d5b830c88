import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const full = {
  authorized_grant_types: ['client_credentials', 'authorization_code'],
  scope: ['openid', 'a.b'],
  authorities: ['uaa.resource'],
  redirect_uri: ['https://a.example.com'],
  autoapprove: ['openid'],
  access_token_validity: 60,
  refresh_token_validity: 120,
  allowedproviders: ['uaa'],
  required_user_groups: ['g1'],
  name: 'Full',
  custom: { a: 1 },
};
let index = 0;
/** Creates a client with all fields, and updates it. */
const update = (title: string, fields: Readonly<Record<string, unknown>>): readonly Exchange[] => {
  index += 1;
  const name = `u-full${String(index)}-`;
  return [
    createClient(name, full),
    {
      title,
      request: `PUT /oauth/clients/${name}<run>`,
      as: 'admin',
      json: { client_id: `${name}<run>`, ...fields },
    },
  ];
};
const put = (title: string, id: string, more: Partial<Exchange>): Exchange => ({
  title,
  request: `PUT /oauth/clients/${id}`,
  as: 'admin',
  ...more,
});

compareWithRecordings('clients-update', [
  adminToken,
  ...update('updates only the id', {}),
  ...update('updates the name', { name: 'New' }),
  ...update('updates the name to an empty text', { name: '' }),
  ...update('updates the name to null', { name: null }),
  ...update('updates a custom field to null', { custom: null }),
  ...update('updates the allowed providers to null', { allowedproviders: null }),
  ...update('updates the required groups to null', { required_user_groups: null }),
  ...update('updates lastModified to null', { lastModified: null }),
  ...update('updates an unknown field to null', { unknown: null }),
  ...update('updates the unknown field zzz to null', { zzz: null }),
  ...update('updates the unknown field a to null', { a: null }),
  ...update('updates the unknown field foo to null', { foo: null }),
  ...update('updates two fields to null', { name: null, custom: null }),
  ...update('updates a field to null and the grants', {
    name: null,
    authorized_grant_types: ['client_credentials'],
  }),
  ...update('updates a custom field to null and the grants', {
    custom: null,
    authorized_grant_types: ['client_credentials'],
  }),
  ...update('updates the scope', { scope: ['x'] }),
  ...update('updates the scope to an empty list', { scope: [] }),
  ...update('updates the scope to null', { scope: null }),
  ...update('updates the scope to an empty text', { scope: '' }),
  ...update('updates the scope to an empty text in a list', { scope: [''] }),
  ...update('updates the authorities', { authorities: ['x'] }),
  ...update('updates the authorities to an empty list', { authorities: [] }),
  ...update('updates the authorities to null', { authorities: null }),
  ...update('updates the grants', { authorized_grant_types: ['password'] }),
  ...update('updates the grants to an empty list', { authorized_grant_types: [] }),
  ...update('updates the grants to null', { authorized_grant_types: null }),
  ...update('updates the grants to an unknown one', { authorized_grant_types: ['magic'] }),
  ...update('updates the grants to implicit', { authorized_grant_types: ['implicit'] }),
  ...update('updates the grants to implicit with a secret', {
    authorized_grant_types: ['implicit'],
    client_secret: 'x',
  }),
  ...update('updates the redirect URIs', { redirect_uri: ['https://b.example.com'] }),
  ...update('updates the redirect URIs to a bad one', { redirect_uri: ['bad'] }),
  ...update('updates the redirect URIs to an empty list', { redirect_uri: [] }),
  ...update('updates the redirect URIs to an empty text', { redirect_uri: '' }),
  ...update('updates the redirect URIs to null', { redirect_uri: null }),
  ...update('updates autoapprove to true', { autoapprove: true }),
  ...update('updates autoapprove to false', { autoapprove: false }),
  ...update('updates autoapprove to an empty list', { autoapprove: [] }),
  ...update('updates autoapprove to null', { autoapprove: null }),
  ...update('updates autoapprove to another scope', { autoapprove: ['a.b'] }),
  ...update('updates the validities', { access_token_validity: 1, refresh_token_validity: 2 }),
  ...update('updates the validities to null', {
    access_token_validity: null,
    refresh_token_validity: null,
  }),
  ...update('updates the validities to texts', {
    access_token_validity: '',
    refresh_token_validity: 'x',
  }),
  ...update('updates the required groups', { required_user_groups: ['x', 'y'] }),
  ...update('updates the required groups to an empty list', { required_user_groups: [] }),
  ...update('updates the required groups to a text', { required_user_groups: 'x' }),
  ...update('updates the secret', { client_secret: 'other' }),
  {
    title: 'the secret is unchanged after an update',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: `u-full${String(index)}-<run>`,
      client_secret: 'secret',
    },
  },
  ...update('updates the secret to an empty text', { client_secret: '' }),
  ...update('updates the resource ids', { resource_ids: ['x'] }),
  ...update('updates the action', { action: 'x', approvals_deleted: true }),
  createClient('u-one'),
  put('updates a client with another id in the body', 'u-one<run>', {
    json: { client_id: 'u-two<run>' },
  }),
  put('updates a client without an id in the body', 'u-one<run>', { json: { name: 'x' } }),
  put('updates a client with an id in upper case in the URL', 'U-ONE<run>', {
    json: { client_id: 'u-one<run>' },
  }),
  put('updates an unknown client', 'u-unknown<run>', { json: { client_id: 'u-unknown<run>' } }),
  put('updates an unknown client with grant types', 'u-unknown<run>', {
    json: { client_id: 'u-unknown<run>', authorized_grant_types: ['client_credentials'] },
  }),
  put('updates a client with a list', 'u-one<run>', { json: [{ client_id: 'u-one<run>' }] }),
  put('updates a client with null', 'u-one<run>', { json: null }),
  put('updates a client with a text', 'u-one<run>', { json: 'u-one<run>' }),
  put('updates a client without a body', 'u-one<run>', {
    headers: { 'content-type': 'application/json' },
  }),
  put('updates a client without a body and content type', 'u-one<run>', {}),
  put('updates a client with a form', 'u-one<run>', { form: { client_id: 'u-one<run>' } }),
  put('updates a client with the reserved id', 'uaa', {
    json: { client_id: 'uaa', authorized_grant_types: ['client_credentials'] },
  }),
  put('updates the list of clients', '', { json: { client_id: 'u-one<run>' } }),
  {
    title: 'gets the client after rejected updates',
    request: 'GET /oauth/clients/u-one<run>',
    as: 'admin',
  },
  {
    title: 'deletes the client',
    request: 'DELETE /oauth/clients/u-one<run>',
    as: 'admin',
  },
  {
    title: 'deletes the client again',
    request: 'DELETE /oauth/clients/u-one<run>',
    as: 'admin',
  },
  {
    title: 'deletes a client with a body',
    request: 'DELETE /oauth/clients/u-full1-<run>',
    as: 'admin',
    json: { client_id: 'other' },
  },
  {
    title: 'deletes a client with Accept text/html',
    request: 'DELETE /oauth/clients/u-full2-<run>',
    as: 'admin',
    headers: { accept: 'text/html' },
  },
  {
    title: 'gets a client that was deleted with Accept text/html',
    request: 'GET /oauth/clients/u-full2-<run>',
    as: 'admin',
  },
]);
