import { ErrorResponse, json } from '../router.js';

/** An error of the broker, with a description for the caller. */
export function brokerError(status: number, description: string): ErrorResponse {
  return new ErrorResponse(json(status, { description }), description);
}
