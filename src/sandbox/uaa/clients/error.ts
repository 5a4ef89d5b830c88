import { ErrorResponse, json } from '../../router.js';

/** An error of the client routes; its text is not escaped. */
export function invalidClient(description: string, status = 400): ErrorResponse {
  return new ErrorResponse(
    json(status, { error: 'invalid_client', error_description: description }),
  );
}

/** The response for an unknown client, which has no details. */
export function noSuchClient(): ErrorResponse {
  return new ErrorResponse({ status: 404, headers: {}, body: '' });
}
