import { isObject, type JsonObject } from '../../body.js';
import { empty, ErrorResponse, json, type SandboxRequest } from '../../router.js';
import { readJsonRequest, toNodeText } from '../http/json-request.js';
import { findZoneConfigProblem } from './zone-config-check.js';

/** The zone in the body of a request. */
export interface ZoneInput {
  readonly id: string | null;
  readonly subdomain: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly active: boolean;
  readonly version: number;
  readonly config: JsonObject;
}

/** @throws ErrorResponse 500 without a body if the zone cannot be read. */
export function readZone(request: SandboxRequest): ZoneInput {
  const body = readZoneObject(request);
  const [id, subdomain, name, description] = ['id', 'subdomain', 'name', 'description'].map(
    (member) => {
      const value = body[member] ?? null;
      if (typeof value === 'object' && value !== null) throw unreadableError();
      return toNodeText(value) ?? null;
    },
  );
  const active = body['active'] ?? true;
  const version = Number(body['version'] ?? 0);
  const config = 'config' in body ? body['config'] : {};
  if (typeof active !== 'boolean' || Number.isNaN(version) || !isObject(config)) {
    throw unreadableError();
  }
  return {
    id: id ?? null,
    subdomain: subdomain?.toLowerCase() ?? null,
    name: name ?? null,
    description: description ?? null,
    active,
    version,
    config,
  };
}

/** @throws ErrorResponse 500 without a body if the body is not a JSON object. */
export function readZoneObject(request: SandboxRequest): JsonObject {
  const body = readJsonRequest(request);
  if ('value' in body && isObject(body.value)) return body.value;
  throw unreadableError();
}

/** Creates the response to a body of the wrong type, which has no body. */
export function unreadableError(): ErrorResponse {
  return new ErrorResponse(empty(500));
}

/** @throws ErrorResponse 422 if the configuration is invalid. */
export function checkZoneConfig(config: JsonObject): void {
  const problem = findZoneConfigProblem(config);
  if (problem === undefined) return;
  throw invalidZoneError(
    `The identity zone details are invalid. The zone configuration is invalid. ${problem}`,
  );
}

export function invalidZoneError(description: string): ErrorResponse {
  return new ErrorResponse(
    json(422, { error: 'invalid_identity_zone', error_description: description }),
  );
}

/** @param constraint - end of the message from the database of the real server. */
export function zoneExistsError(constraint: string): ErrorResponse {
  const description = `integrity constraint violation: unique constraint or index violation${constraint}`;
  return new ErrorResponse(json(409, { error: 'zone_exists', error_description: description }));
}
