import { jsonOrNothing } from '../../http/decode.js';
import { isObject, type JsonObject } from '../../json-value.js';

/** The parameters of a profile. Some servers send an object, others a string that contains one. */
export function parametersOf(parameters: unknown): JsonObject | undefined {
  const value = typeof parameters === 'string' ? jsonOrNothing(parameters) : parameters;
  return isObject(value) ? value : undefined;
}
