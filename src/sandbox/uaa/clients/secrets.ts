import * as v from 'valibot';
import { json, route, type Route } from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { findClient } from './changes.js';
import { readClientBody } from './json.js';
import { checkSecret, isAdmin, invalidClientError } from './validation.js';
import type { Client } from '../store/clients.js';
import { containerError } from '../servlet-container.js';
import { hashSecret } from '../store/secret-hash.js';
import type { Realm } from '../realm.js';
import { validate } from '../../body.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** Creates the route `/oauth/clients/{id}/secret`. */
export function clientSecretRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('PUT', '/oauth/clients/:id/secret', async (request, { id = '' }) => {
      const caller = await authorizeCaller(request, realm, ['clients.secret', 'clients.admin']);
      const change = validate(changeSchema, readClientBody(request), () =>
        containerError(request, 400),
      );
      const client = findClient(state, id);
      checkPermission(state, caller, client, change);
      const { message, secretHashes } = applySecretChange(client, change);
      state.clients.put({ ...client, secretHashes });
      return json(200, { status: 'ok', message });
    }),
  ];
}

const secret = v.fallback(v.optional(v.string()), undefined);
const changeSchema = v.object({
  changeMode: v.optional(v.picklist(['UPDATE', 'ADD', 'DELETE']), 'UPDATE'),
  secret,
  oldSecret: secret,
});

type SecretChange = v.InferOutput<typeof changeSchema>;

/** Only clients can change secrets. A client that is not an administrator can change only its own. */
function checkPermission(
  { clients }: State,
  caller: CheckedToken,
  client: Client,
  { oldSecret }: SecretChange,
): void {
  if (caller.user) throw invalidClientError('Only a client can change client secret');
  if (isAdmin(caller)) return;
  if (caller.client.id !== client.id) {
    throw invalidClientError("Bad request. Not permitted to change another client's secret");
  }
  if (oldSecret === undefined || !clients.authenticate(client.id, oldSecret)) {
    throw invalidClientError('Previous secret is required and must be valid');
  }
}

function applySecretChange(
  { secretHashes }: Client,
  { changeMode: mode, secret }: SecretChange,
): { readonly message: string; readonly secretHashes: readonly string[] } {
  if (mode === 'DELETE') {
    if (secretHashes.length < 2) {
      throw invalidClientError('client secret is either empty or client has only one secret.');
    }
    return { message: 'Secret is deleted', secretHashes: secretHashes.slice(1) };
  }
  if (mode === 'ADD' && secretHashes.length > 1) {
    throw invalidClientError('client secret is either empty or client already has two secrets.');
  }
  checkSecret(secret);
  const hash = hashSecret(secret);
  return mode === 'ADD'
    ? { message: 'Secret is added', secretHashes: [...secretHashes, hash] }
    : { message: 'secret updated', secretHashes: [hash] };
}
