import type { ClusterChange, NewCluster, Upgrade } from './changes.js';
import type { ClusterParameters } from './cluster.js';
import { brokerError } from './error.js';

/** Bodies of the API's requests, taken apart. The API has checked what people send to it. */

export function toNewCluster(body: string): NewCluster {
  const value = objectIn(body);
  return {
    ...profilesIn(value),
    owner: textIn(value, 'owner'),
    name: textIn(value, 'name'),
    plan_name: textIn(value, 'plan_name'),
    parameters: parametersIn(value),
  };
}

export function toClusterChange(body: string): ClusterChange {
  const value = objectIn(body);
  return { ...profilesIn(value), parameters: parametersIn(value) };
}

export function toUpgrade(body: string): Upgrade {
  const value = objectIn(body);
  const maxInFlight = value['max_in_flight'];
  return {
    owner: textIn(value, 'owner'),
    clusters: textsIn(value, 'clusters'),
    canaries: textsIn(value, 'canaries'),
    maxInFlight: typeof maxInFlight === 'number' ? maxInFlight : 1,
  };
}

export type Json = Readonly<Record<string, unknown>>;

function profilesIn(value: Json): Partial<Record<(typeof profileMembers)[number], string>> {
  const present = profileMembers.filter((member) => value[member] !== undefined);
  return Object.fromEntries(present.map((member) => [member, textIn(value, member)]));
}

const profileMembers = [
  'network_profile_name',
  'compute_profile_name',
  'kubernetes_profile_name',
] as const;

function parametersIn(value: Json): Partial<ClusterParameters> {
  const { parameters = {} } = value;
  if (isObject(parameters)) return parameters;
  throw brokerError(400, 'parameters must be an object');
}

/** @throws {ErrorResponse} 400 */
export function objectIn(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw brokerError(400, 'the body must be an object');
}

function textIn(value: Json, member: string): string {
  const found = value[member];
  if (typeof found === 'string') return found;
  throw brokerError(400, `${member} must be a text`);
}

function textsIn(value: Json, member: string): string[] {
  const found = value[member];
  if (Array.isArray(found) && found.every((each) => typeof each === 'string')) return found;
  throw brokerError(400, `${member} must be a list of texts`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
