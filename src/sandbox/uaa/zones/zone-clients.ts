import {
  empty,
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
} from '../../router.js';
import { deleteClient, findClient, insertClient } from '../clients/changes.js';
import { clientToJson, inputToJson, parseClient, type ClientInput } from '../clients/json.js';
import { checkGrants, checkSecret, invalidClientError } from '../clients/validation.js';
import { authenticateCaller } from '../oauth/bearer.js';
import type { Realm } from '../realm.js';
import { readZoneObject, unreadableError } from './zone-body.js';

/**
 * Creates the routes that create and delete the clients of other zones. They only delete clients that
 * they have created.
 *
 * @see UAA 4.30.0 `IdentityZoneEndpoints`
 */
export function zoneClientRoutes(realm: Realm): readonly Route[] {
  const findState = (id: string) => {
    const zone = realm.state.zones.get(id);
    if (id === 'uaa' || (zone && (realm.zoneId ?? id) !== id)) throw new ErrorResponse(empty(403));
    if (!zone) throw new ErrorResponse(empty(404));
    return realm.zoneRealm(zone).state;
  };
  return [
    route('POST', '/identity-zones/:id/clients', async (request, { id = '' }) => {
      const caller = await authenticateCaller(request, realm);
      const input = readClient(request);
      const state = findState(id);
      const client = validateZoneClient(input);
      insertClient({ request, state, caller }, { ...client, grants: storedGrants(client) });
      const { grants } = client;
      return json(201, {
        ...inputToJson(client),
        authorized_grant_types: grants.length > 0 ? grants : undefined,
      });
    }),
    route('DELETE', '/identity-zones/:id/clients/:client', (_, params) => {
      const state = findState(params['id'] ?? '');
      const client = findClient(state, params['client']);
      if (client.information['createdwith'] !== requiredScope) {
        throw invalidClientError(`client must have been createdwith scope ${requiredScope}`);
      }
      deleteClient(state, client.id);
      return json(200, clientToJson(client));
    }),
  ];
}

const requiredScope = 'zones.write';

/** @throws ErrorResponse 500 without a body if the body is not a client. */
function readClient(request: SandboxRequest): ClientInput {
  const body = readZoneObject(request);
  try {
    return parseClient(request, body);
  } catch {
    throw unreadableError();
  }
}

/**
 * Validates a client of another zone, and marks it as created by these routes.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 * @see UAA 4.30.0 `ZoneEndpointsClientDetailsValidator`
 */
function validateZoneClient(input: ClientInput): ClientInput {
  const { id = '', secret = '', grants, scopes, authorities, information } = input;
  if (scopes.join() !== 'openid') throw invalidClientError('only openid scope is allowed');
  if (authorities.join() !== 'uaa.resource') {
    throw invalidClientError('only uaa.resource authority is allowed');
  }
  if (id.trim() === '') throw invalidClientError('client_id cannot be blank');
  checkGrants(grants);
  if (grants.some((grant) => grant !== 'implicit')) {
    if (secret.trim() === '') throw invalidClientError('client_secret cannot be blank');
    checkSecret(secret);
  }
  if (JSON.stringify(information['allowedproviders']) !== '["uaa"]') {
    throw invalidClientError("only the internal IdP ('uaa') is allowed");
  }
  return {
    ...input,
    autoapprove: undefined,
    resourceIds: ['none'],
    information: { ...information, createdwith: requiredScope },
  };
}

/** The real server reads a client without grants from its database as one with these grants. */
function storedGrants({ grants }: ClientInput): readonly string[] {
  return grants.length > 0 ? grants : ['authorization_code', 'refresh_token'];
}
