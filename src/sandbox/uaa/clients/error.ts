import { json } from '../../router.js';
import { Refusal } from '../refusal.js';

/** An error of the client routes; its text is not escaped. */
export function invalidClient(description: string, status = 400): Refusal {
  return new Refusal(json(status, { error: 'invalid_client', error_description: description }));
}

/** The response for an unknown client, which has no details. */
export function noSuchClient(): Refusal {
  return new Refusal({ status: 404, headers: {}, body: '' });
}
