import { scimError, statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { json, route, type ErrorResponse, type Route } from '../../router.js';

const maxLength = 255;

/**
 * Checks a password against UAA's default policy: 1 to 255 characters.
 *
 * @throws ErrorResponse 400 `invalid_password`.
 */
export function checkPassword(password: string): void {
  if (password === '') {
    throw invalidPasswordError('Password must be at least 1 characters in length.');
  }
  if (password.length > maxLength) {
    throw invalidPasswordError(
      `Password must be no more than ${String(maxLength)} characters in length.`,
    );
  }
}

export function invalidPasswordError(message: string, status = 400): ErrorResponse {
  return scimError(status, 'invalid_password', message);
}

/**
 * Creates the route `/password/score`. It is deprecated in 4.30.0, where it accepts any password
 * and returns 0.
 *
 * @see https://github.com/cloudfoundry/uaa/pull/1104 (removes the route)
 */
export function passwordScoreRoutes(): readonly Route[] {
  return [
    route('POST', '/password/score', (request) => {
      if (!readParameters(request).has('password')) throw statusError(request, 400);
      const headers = { 'x-cf-warnings': 'Endpoint+deprecated' };
      return json(200, { score: 0, requiredScore: 0 }, headers);
    }),
  ];
}
