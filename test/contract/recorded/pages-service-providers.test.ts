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
  { title: 'gets an unknown one', request: `GET ${path}/unknown`, as: 'admin' },
  { title: 'gets an unknown one without the scope', request: `GET ${path}/unknown`, as: 'other' },
  { title: 'gets an unknown one without a token', request: `GET ${path}/unknown` },
  { title: 'deletes an unknown one', request: `DELETE ${path}/unknown`, as: 'admin' },
  {
    title: 'deletes an unknown one with sps.write',
    request: `DELETE ${path}/unknown`,
    as: 'writer',
  },
  {
    title: 'deletes an unknown one with sps.read',
    request: `DELETE ${path}/unknown`,
    as: 'reader',
  },
  post('creates one with invalid metadata', valid),
  post('creates one with an empty object', {}),
  post('creates one with an empty config', { ...valid, config: '{}' }),
  post('creates one without a config', { name: 'x', entityId: 'y' }),
  post('creates one without a name', { entityId: 'y', config: valid.config }),
  post('creates one with a config that is not JSON', { ...valid, config: 'x' }),
  post('creates one with a list', []),
  post('creates one with a text', 'x'),
  post('creates one with an unknown field', { ...valid, a: 1 }),
  post('creates one with sps.read', valid, { as: 'reader' }),
  post('creates one with sps.write', valid, { as: 'writer' }),
  post('creates one without the scope', valid, { as: 'other' }),
  { title: 'creates one without a token', request: `POST ${path}`, json: valid },
  { title: 'creates one with a form', request: `POST ${path}`, as: 'admin', form: { a: 'b' } },
  {
    title: 'creates one with an empty body',
    request: `POST ${path}`,
    as: 'admin',
    body: '',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'creates one with malformed JSON',
    request: `POST ${path}`,
    as: 'admin',
    body: '{',
    headers: { 'content-type': 'application/json' },
  },
  post('creates one', working, { save: { id: 'id' } }),
  post('creates it twice', working),
  { title: 'gets it', request: `GET ${path}/<id>`, as: 'admin' },
  {
    title: 'updates it',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, name: 'new<run>' },
  },
  {
    title: 'updates it with another entity',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, config: config(metadata('other<run>')) },
  },
  {
    title: 'updates it with an empty config',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { ...working, config: '{}' },
  },
  {
    title: 'updates it without a config',
    request: `PUT ${path}/<id>`,
    as: 'admin',
    json: { name: 'x' },
  },
  { title: 'updates it with an empty object', request: `PUT ${path}/<id>`, as: 'admin', json: {} },
  post(
    'creates one without an entity',
    { ...working, entityId: undefined, config: config(metadata('third<run>')) },
    { save: { third: 'id' } },
  ),
  post(
    'creates one with the config as an object',
    { name: 'x', entityId: 'fourth<run>', config: { metaDataLocation: metadata('fourth<run>') } },
    {},
  ),
  post('creates one with another entity', { ...working, entityId: 'different<run>' }),
  post('creates one with metadata that is not XML', { ...working, config: config('text') }),
  post('creates one with broken XML', { ...working, config: config('<EntityDescriptor>') }),
  post('creates one with an unreachable URL', {
    ...working,
    config: config('http://localhost:1/'),
  }),
  { title: 'deletes it', request: `DELETE ${path}/<id>`, as: 'admin' },
  { title: 'deletes the third', request: `DELETE ${path}/<third>`, as: 'admin' },
  { title: 'gets a deleted one', request: `GET ${path}/<id>`, as: 'admin' },
  { title: 'updates an unknown one', request: `PUT ${path}/unknown`, as: 'admin', json: valid },
  {
    title: 'updates an unknown one with sps.read',
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
