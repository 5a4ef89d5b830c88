import { unauthorizedError } from '../errors.js';
import type { Client } from '../store/clients.js';

/** @throws ErrorResponse 401 if the client may not use the grant type. */
export function checkGrantType({ grants }: Client, grantType: string): void {
  if (!grants.includes(grantType)) {
    throw unauthorizedError('invalid_client', `Unauthorized grant type: ${grantType}`);
  }
}
