import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient } from './pages-clients.js';
import { adminToken } from './steps.js';

const path = '/saml/service-providers';
const valid = {
  name: 'sp<run>',
  entityId: 'entity<run>',
  active: true,
  config: '{"metaDataLocation":"<xml/>","metadataTrustCheck":true}',
};

function metadata(entityId: string): string {
  const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
  const binding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
    `<md:SPSSODescriptor protocolSupportEnumeration="${protocol}">` +
    `<md:AssertionConsumerService Binding="${binding}" Location="https://sp.example.com" index="0"/>` +
    `</md:SPSSODescriptor></md:EntityDescriptor>`
  );
}

function config(metaDataLocation: string): string {
  return JSON.stringify({ metaDataLocation, metadataTrustCheck: true });
}

const working = { ...valid, config: config(metadata('entity<run>')) };

function post(title: string, json: unknown, more: Partial<Exchange> = {}): Exchange {
  return { title, request: `POST ${path}`, as: 'admin', json, ...more };
}

compareWithRecordings('pages-service-providers', [
  adminToken,
  ...createAuthorizedClient('reader', ['sps.read']),
  ...createAuthorizedClient('writer', ['sps.write']),
  ...createAuthorizedClient('other', ['scim.read']),
  { title: 'lists', request: `GET ${path}`, as: 'admin' },
  { title: 'lists with sps.read', request: `GET ${path}`, as: 'reader' },
  { title: 'lists with sps.write', request: `GET ${path}`, as: 'writer' },
  { title: 'lists without the scope', request: `GET ${path}`, as: 'other' },
  { title: 'lists without a token', request: `GET ${path}` },
  { title: 'lists as HTML', request: `GET ${path}`, as: 'admin', headers: { accept: 'text/html' } },
  {
    title: 'lists as XML',
    request: `GET ${path}`,
    as: 'admin',
    headers: { accept: 'application/xml' },
  },
  { title: 'gets an unknown provider', request: `GET ${path}/unknown`, as: 'admin' },
  {
    title: 'gets an unknown provider without the scope',
    request: `GET ${path}/unknown`,
    as: 'other',
  },
  { title: 'gets an unknown provider without a token', request: `GET ${path}/unknown` },
  { title: 'deletes an unknown provider', request: `DELETE ${path}/unknown`, as: 'admin' },
  {
    title: 'deletes an unknown provider with sps.write',
    request: `DELETE ${path}/unknown`,
    as: 'writer',
  },
  {
    title: 'deletes an unknown provider with sps.read',
    request: `DELETE ${path}/unknown`,
    as: 'reader',
  },
  post('creates a provider with invalid metadata', valid),
  post('creates a provider with an empty object', {}),
  post('creates a provider with an empty config', { ...valid, config: '{}' }),
  post('creates a provider without a config', { name: 'x', entityId: 'y' }),
  post('creates a provider without a name', { entityId: 'y', config: valid.config }),
  post('creates a provider with a config that is not JSON', { ...valid, config: 'x' }),
  post('creates a provider with a list', []),
  post('creates a provider with a text', 'x'),
  post('creates a provider with an unknown field', { ...valid, a: 1 }),
  post('creates a provider with sps.read', valid, { as: 'reader' }),
  post('creates a provider with sps.write', valid, { as: 'writer' }),
  post('creates a provider without the scope', valid, { as: 'other' }),
  { title: 'creates a provider without a token', request: `POST ${path}`, json: valid },
  {
    title: 'creates a provider with a form',
    request: `POST ${path}`,
    as: 'admin',
    form: { a: 'b' },
  },
  {
    title: 'creates a provider with an empty body',
    request: `POST ${path}`,
    as: 'admin',
    body: '',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'creates a provider with malformed JSON',
    request: `POST ${path}`,
    as: 'admin',
    body: '{',
    headers: { 'content-type': 'application/json' },
  },
  post('creates a provider', working, { save: { id: 'id' } }),
  post('creates the provider twice', working),
  { title: 'gets the provider', request: `GET ${path}/<id>`, as: 'admin' },
  {
    title: 'updates the provider',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, name: 'new<run>' },
  },
  {
    title: 'updates the provider with another entity id',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, config: config(metadata('other<run>')) },
  },
  {
    title: 'updates the provider with an empty config',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, config: '{}' },
  },
  {
    title: 'updates the provider without a config',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { name: 'x' },
  },
  {
    title: 'updates the provider with an empty object',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: {},
  },
  post(
    'creates a provider without an entity id',
    { ...working, entityId: undefined, config: config(metadata('third<run>')) },
    { save: { third: 'id' } },
  ),
  post(
    'creates a provider with the config as an object',
    { name: 'x', entityId: 'fourth<run>', config: { metaDataLocation: metadata('fourth<run>') } },
    {},
  ),
  post('creates a provider with another entity id', { ...working, entityId: 'different<run>' }),
  post('creates a provider with metadata that is not XML', { ...working, config: config('text') }),
  post('creates a provider with broken XML', { ...working, config: config('<EntityDescriptor>') }),
  post('creates a provider with an unreachable URL', {
    ...working,
    config: config('http://localhost:1/'),
  }),
  { title: 'deletes the provider', request: `DELETE ${path}/<id>`, as: 'admin' },
  { title: 'deletes the third', request: `DELETE ${path}/<third>`, as: 'admin' },
  { title: 'gets a deleted provider', request: `GET ${path}/<id>`, as: 'admin' },
  {
    title: 'updates an unknown provider',
    request: `PUT ${path}/unknown`,
    as: 'admin',
    json: valid,
  },
  {
    title: 'updates an unknown provider with sps.read',
    request: `PUT ${path}/unknown`,
    as: 'reader',
    json: valid,
  },
  { title: 'updates without an id', request: `PUT ${path}`, as: 'admin', json: valid },
  { title: 'PATCH', request: `PATCH ${path}/unknown`, as: 'admin', json: valid },
  { title: 'DELETE without an id', request: `DELETE ${path}`, as: 'admin' },
  { title: 'HEAD', request: `HEAD ${path}`, as: 'admin' },
  { title: 'OPTIONS', request: `OPTIONS ${path}`, as: 'admin' },
  { title: 'OPTIONS without a token', request: `OPTIONS ${path}` },
  { title: 'an unknown path below', request: `GET ${path}/a/b`, as: 'admin' },
]);
