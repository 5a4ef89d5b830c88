import { isObject } from '../../body.js';
import { toText } from '../requests.js';
import { parseJson } from '../../body.js';

/** Additional attributes that a client requests for a token. */
export type AuthorizationAttributes = Readonly<Record<string, string | null>>;

/**
 * Reads the member `az_attr` of the parameter `authorities`. Numbers and booleans become strings.
 *
 * @returns undefined if there are no attributes, or if one of them is an object or an array.
 * @see UAA 4.30.0 `AuthorizationAttributesParser`
 */
export function readAuthorizationAttributes(
  text: string | null | undefined,
): AuthorizationAttributes | undefined {
  const authorities = text ? parseJson(text) : undefined;
  const attributes = isObject(authorities) ? authorities['az_attr'] : undefined;
  if (!isObject(attributes)) return undefined;
  const result: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const converted = toText(value);
    if (converted === undefined) return undefined;
    result[name] = converted;
  }
  return result;
}
