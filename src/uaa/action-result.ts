import * as v from 'valibot';
import { checked } from './scim.js';

const schema = v.looseObject({ message: v.string() });

/** What UAA says to a change after which there is no thing to show. */
export type ActionResult = v.InferInput<typeof schema>;

export function toActionResult(value: unknown): ActionResult {
  return checked(schema, value, 'a result');
}
