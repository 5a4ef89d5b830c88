import { scimError } from './error.js';

const maxLength = 255;

/**
 * UAA's own password policy: anything that is not empty, up to 255 characters.
 *
 * @throws ErrorResponse 400 `invalid_password`.
 */
export function checkPassword(password: string): void {
  if (password === '') throw invalid('Password must be at least 1 characters in length.');
  if (password.length > maxLength) {
    throw invalid(`Password must be no more than ${String(maxLength)} characters in length.`);
  }
}

function invalid(message: string) {
  return scimError({ status: 400, error: 'invalid_password', message });
}
