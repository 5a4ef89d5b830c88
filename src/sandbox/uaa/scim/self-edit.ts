import { ErrorResponse, json } from '../../router.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Profile } from './user-profile.js';
import type { User } from '../store/users.js';

/** Whether the caller may change a user only because that user is the caller. */
export function isSelfEdit({ user, scope }: CheckedToken, userId: string): boolean {
  const scopes = ['uaa.admin', 'scim.write', 'zones.uaa.admin'];
  return user?.id === userId && !scopes.some((name) => scope.includes(name));
}

/**
 * Users may change only their own names.
 *
 * @throws ErrorResponse 403 `invalid_self_edit`.
 */
export function checkSelfEdit(user: User, profile: Profile): void {
  if (fixed.every((name) => profile[name] === user[name])) return;
  throw new ErrorResponse(
    json(403, {
      error: 'invalid_self_edit',
      error_description:
        'Users are only allowed to edit their own User settings when internal user storage is ' +
        'enabled, and in that case they may only edit the givenName and familyName.',
    }),
  );
}

const fixed = [
  ...(['userName', 'email', 'phoneNumber', 'origin', 'active', 'verified'] as const),
  'externalId' as const,
];
