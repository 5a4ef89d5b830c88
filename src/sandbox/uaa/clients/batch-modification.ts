import * as v from 'valibot';
import type { SandboxRequest } from '../../router.js';
import { validate, omitMembers, type JsonObject } from '../../body.js';
import { containerError } from '../http/servlet-container.js';
import { hashSecret } from '../store/secret-hash.js';
import {
  createClient,
  deleteClient,
  findClient,
  updateClient,
  type ClientChange,
} from './changes.js';
import { clientToJson, inputToJson, parseClient, scalarText, type ClientInput } from './json.js';
import { invalidClientError } from './validation.js';

/** One of the changes in a batch request. */
export interface Modification {
  /** Empty if the request does not contain an action. */
  readonly action: string;
  readonly input: ClientInput;
}

const actionSchema = v.object({ action: scalarText });

/** @throws ErrorResponse 400 without details if a field has the wrong type. */
export function parseModification(request: SandboxRequest, body: JsonObject): Modification {
  const { action } = validate(actionSchema, body, () => containerError(request, 400));
  const input = parseClient(request, omitMembers(body, ['action']));
  return { action: action ?? '', input };
}

/**
 * Creates, updates or deletes a client. The response to an update shows the old client, and the
 * response to a new secret repeats the request.
 */
export function modifyClient(change: ClientChange, { action, input }: Modification): JsonObject {
  switch (action) {
    case 'add':
      return { ...clientToJson(createClient(change, input)), action };
    case 'update':
      return { ...updateAndShowOld(change, input), action };
    case 'update,secret': {
      const isChanged = changeSecret(change, input);
      const stored = isChanged ? addApprovalsDeleted(input, true) : input;
      return { ...updateAndShowOld(change, stored), approvals_deleted: isChanged, action };
    }
    case 'secret': {
      const isChanged = changeSecret(change, input);
      return { ...inputToJson(addApprovalsDeleted(input, isChanged)), action };
    }
    case 'delete':
      return { ...deleteListedClient(change, input), action };
    default:
      throw invalidClientError('Invalid action.');
  }
}

/** Deletes a client as part of a batch. @throws ErrorResponse 404 if the client does not exist. */
export function deleteListedClient({ state }: ClientChange, { id }: ClientInput): JsonObject {
  const client = findClient(state, id);
  deleteClient(state, client.id);
  return { ...clientToJson(client), approvals_deleted: true };
}

function updateAndShowOld(change: ClientChange, input: ClientInput): JsonObject {
  const oldClient = findClient(change.state, input.id);
  updateClient(change, input);
  return clientToJson(oldClient);
}

/** The real server stores `approvals_deleted` with the client and returns it from then on. */
function addApprovalsDeleted(input: ClientInput, isDeleted: boolean): ClientInput {
  return { ...input, information: { ...input.information, approvals_deleted: isDeleted } };
}

/**
 * Changes the secret, unless it is the current one. The secret policy does not apply.
 *
 * @returns whether the secret was changed. If so, the users' decisions were deleted.
 */
function changeSecret({ request, state }: ClientChange, { id = '', secret }: ClientInput): boolean {
  if (secret !== undefined && state.clients.authenticate(id, secret)) return false;
  if (secret === undefined) throw containerError(request, 500);
  const client = findClient(state, id);
  state.clients.put({ ...client, secretHashes: [hashSecret(secret)] });
  state.approvals.deleteByClient(id);
  return true;
}
