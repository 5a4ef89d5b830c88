import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const client = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  client_id: `${id}<run>`,
  client_secret: 'secret',
  authorized_grant_types: ['client_credentials'],
  ...more,
});
const send = (
  title: string,
  request: string,
  json: unknown,
  more: Partial<Exchange> = {},
): Exchange => ({ title, request, as: 'admin', json, ...more });
const create = (title: string, json: unknown) => send(title, 'POST /oauth/clients/tx', json);
const update = (title: string, json: unknown) => send(title, 'PUT /oauth/clients/tx', json);
const remove = (title: string, json: unknown) => send(title, 'POST /oauth/clients/tx/delete', json);
const modify = (title: string, json: unknown) => send(title, 'POST /oauth/clients/tx/modify', json);
const change = (title: string, json: unknown) => send(title, 'POST /oauth/clients/tx/secret', json);
const get = (title: string, id: string): Exchange => ({
  title,
  request: `GET /oauth/clients/${id}<run>`,
  as: 'admin',
});
const login = (title: string, id: string, secret: string): Exchange => ({
  title,
  request: 'POST /oauth/token',
  form: { grant_type: 'client_credentials', client_id: `${id}<run>`, client_secret: secret },
});

compareWithRecordings('clients-batches', [
  adminToken,
  create('creates two clients', [client('t-one', { name: 'One' }), client('t-two')]),
  create('creates no client', []),
  create('creates a client that exists and a new one', [client('t-new'), client('t-one')]),
  get('has not created the new client', 't-new'),
  create('creates the same client twice', [client('t-same'), client('t-same')]),
  create('creates an invalid client after a valid one', [
    client('t-valid'),
    client('t-bad', { authorized_grant_types: [] }),
  ]),
  get('has not created the valid client', 't-valid'),
  create('creates a client that is not in a list', client('t-object')),
  create('creates null', null),
  create('creates a list with null', [null]),
  create('creates a list with a text', ['x']),
  create('creates a nested list', [[client('t-nested')]]),
  create('creates a list with an empty object', [{}]),
  create('creates a client without an id', [client('t-x', { client_id: undefined })]),
  create('creates the reserved client', [client('t-x', { client_id: 'uaa' })]),
  create('creates a client with an action', [client('t-action', { action: 'add' })]),
  send('creates clients with a form', 'POST /oauth/clients/tx', undefined, { form: { a: 'b' } }),
  send('creates clients with text/plain', 'POST /oauth/clients/tx', undefined, {
    body: '[]',
    headers: { 'content-type': 'text/plain' },
  }),
  send('creates clients without a body', 'POST /oauth/clients/tx', undefined),
  update('updates two clients', [
    { client_id: 't-one<run>', name: 'First' },
    { client_id: 't-two<run>', scope: ['x'] },
  ]),
  update('updates no client', []),
  update('updates an unknown client after another', [
    { client_id: 't-one<run>', name: 'Lost' },
    { client_id: 't-none<run>' },
  ]),
  get('has not updated the client', 't-one'),
  update('updates an invalid client', [
    { client_id: 't-one<run>', authorized_grant_types: ['magic'] },
  ]),
  update('updates a client without an id', [{ name: 'x' }]),
  update('updates a field to null', [{ client_id: 't-one<run>', name: null }]),
  update('updates an unknown field to null', [{ client_id: 't-one<run>', unknown: null }]),
  update('updates lastModified to null', [{ client_id: 't-one<run>', lastModified: null }]),
  update('updates the same client twice', [
    { client_id: 't-one<run>', name: 'A' },
    { client_id: 't-one<run>', custom: 'B' },
  ]),
  get('has applied the last update', 't-one'),
  update('updates with an object', { client_id: 't-one<run>' }),
  update('updates with null', null),
  update('updates the secret', [{ client_id: 't-two<run>', client_secret: 'other' }]),
  login('the secret is unchanged', 't-two', 'secret'),
  update('updates with approvals_deleted', [{ client_id: 't-two<run>', approvals_deleted: true }]),
  modify('modifies nothing', []),
  modify('adds a client', [client('t-added', { action: 'add' })]),
  modify('adds a client that exists', [client('t-added', { action: 'add' })]),
  modify('adds an invalid client', [client('t-x', { action: 'add', client_secret: '' })]),
  modify('updates a client', [
    {
      client_id: 't-added<run>',
      action: 'update',
      authorized_grant_types: ['client_credentials'],
      name: 'New',
    },
  ]),
  get('gets the modified client', 't-added'),
  modify('updates a client without grant types', [{ client_id: 't-added<run>', action: 'update' }]),
  modify('updates an unknown client', [client('t-none', { action: 'update' })]),
  modify('updates a client and its secret', [
    {
      client_id: 't-added<run>',
      action: 'update,secret',
      authorized_grant_types: ['client_credentials'],
      client_secret: 'second',
    },
  ]),
  login('the modified client logs in with its new secret', 't-added', 'second'),
  modify('updates a client and its secret to the same secret', [
    {
      client_id: 't-added<run>',
      action: 'update,secret',
      authorized_grant_types: ['client_credentials'],
      client_secret: 'second',
      name: 'Second',
    },
  ]),
  modify('updates a client and its secret without grant types', [
    { client_id: 't-added<run>', action: 'update,secret', client_secret: 'third' },
  ]),
  login('the secret is not updated if the rest is invalid', 't-added', 'second'),
  modify('changes only the secret', [
    { client_id: 't-added<run>', action: 'secret', client_secret: 'fourth', name: 'Ignored' },
  ]),
  login('the client logs in with its fourth secret', 't-added', 'fourth'),
  get('gets the client after its secret was changed', 't-added'),
  modify('changes the secret to the same one', [
    { client_id: 't-added<run>', action: 'secret', client_secret: 'fourth' },
  ]),
  modify('changes the secret to an empty text', [
    { client_id: 't-added<run>', action: 'secret', client_secret: '' },
  ]),
  login('the client logs in with an empty secret', 't-added', ''),
  modify('changes the secret without a secret', [{ client_id: 't-added<run>', action: 'secret' }]),
  modify('changes the secret of an unknown client', [
    { client_id: 't-none<run>', action: 'secret', client_secret: 'x' },
  ]),
  modify('has no action', [{ client_id: 't-added<run>' }]),
  modify('has the action none', [{ client_id: 't-added<run>', action: 'none' }]),
  modify('has an unknown action', [{ client_id: 't-added<run>', action: 'Add' }]),
  modify('has a null action', [{ client_id: 't-added<run>', action: null }]),
  modify('has an action that is a number', [{ client_id: 't-added<run>', action: 1 }]),
  modify('has an action that is a list', [{ client_id: 't-added<run>', action: ['add'] }]),
  modify('deletes a client', [{ client_id: 't-added<run>', action: 'delete' }]),
  modify('deletes a client again', [{ client_id: 't-added<run>', action: 'delete' }]),
  modify('adds, updates and deletes a client', [
    client('t-cycle', { action: 'add' }),
    client('t-cycle', { action: 'update', name: 'Cycle' }),
    client('t-cycle', { action: 'delete' }),
  ]),
  modify('adds a client and fails', [client('t-rollback', { action: 'add' }), { action: 'x' }]),
  get('has not added the client', 't-rollback'),
  modify('modifies with an object', client('t-x', { action: 'add' })),
  modify('modifies null', [null]),
  modify('adds a client with approvals_deleted', [
    client('t-approvals', { action: 'add', approvals_deleted: true }),
  ]),
  change('changes no secret', []),
  change('changes two secrets', [
    { clientId: 't-one<run>', oldSecret: 'secret', secret: 'new' },
    { clientId: 't-two<run>', secret: 'new' },
  ]),
  login('the first client logs in', 't-one', 'new'),
  login('the second client logs in', 't-two', 'new'),
  change('changes a secret with a wrong old secret', [
    { clientId: 't-one<run>', oldSecret: 'wrong', secret: 'newer' },
  ]),
  change('changes a secret of an unknown client', [{ clientId: 't-none<run>', secret: 'x' }]),
  change('changes a secret without an id', [{ secret: 'x' }]),
  change('changes a secret to nothing', [{ clientId: 't-one<run>', oldSecret: 'newer' }]),
  change('changes a secret to an empty one', [{ clientId: 't-one<run>', secret: '' }]),
  change('changes a secret to a long one', [{ clientId: 't-one<run>', secret: 'x'.repeat(256) }]),
  change('changes a secret after an unknown client', [
    { clientId: 't-one<run>', secret: 'rollback' },
    { clientId: 't-none<run>', secret: 'rollback' },
  ]),
  login('the change of the secret is undone', 't-one', 'newer'),
  change('changes a secret with unknown members', [
    { clientId: 't-one<run>', client_id: 'x', secret: 'newest', changeMode: 'ADD' },
  ]),
  change('changes a secret with an unknown mode', [
    { clientId: 't-one<run>', secret: 'newest', changeMode: 'X' },
  ]),
  change('changes secrets with an object', { clientId: 't-one<run>', secret: 'newest' }),
  change('changes secrets with null', [null]),
  change('changes secrets with client_id', [{ client_id: 't-one<run>', secret: 'newest' }]),
  createClient('t-del1'),
  createClient('t-del2'),
  remove('deletes two clients', [{ client_id: 't-del1<run>' }, { client_id: 't-del2<run>' }]),
  remove('deletes no client', []),
  remove('deletes a client that does not exist', [{ client_id: 't-del1<run>' }]),
  remove('deletes a client after an unknown one', [
    { client_id: 't-none<run>' },
    { client_id: 't-two<run>' },
  ]),
  get('has not deleted the client', 't-two'),
  remove('deletes a client twice', [{ client_id: 't-two<run>' }, { client_id: 't-two<run>' }]),
  get('gets a client that was deleted twice', 't-two'),
  remove('deletes a client without an id', [{}]),
  remove('deletes a client by its id as a text', ['t-one<run>']),
  remove('deletes with an object', { client_id: 't-one<run>' }),
  remove('deletes null', [null]),
  remove('deletes with other fields', [{ client_id: 't-one<run>', scope: 5, x: 1 }]),
  send('deletes with DELETE', 'DELETE /oauth/clients/tx', [{ client_id: 't-one<run>' }]),
  send('deletes with DELETE at the delete route', 'DELETE /oauth/clients/tx/delete', []),
]);
