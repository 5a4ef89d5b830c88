import { parseJsonOption } from '../../../../input/input-file.js';
import { choose, nonBlankText, list, object } from '../../../../input/schema.js';
import { validate } from '../../../../input/validate.js';
import { isObject } from '../../../../json-value.js';

const key = object({ kty: nonBlankText });
const keySet = object({ keys: list(key) });

/**
 * Validates the value of `--jwks`, one key or a set of keys, which is then sent unchanged.
 * @throws {TpksError} `usage` with all problems.
 * @see RFC 7517, sections 4 and 5
 */
export function validateKeys(text: string): void {
  const schema = choose((value) =>
    isObject(value) && Object.hasOwn(value, 'keys') ? keySet : key,
  );
  validate(parseJsonOption('--jwks', text), schema, 'the keys');
}
