import { ErrorResponse, json } from '../../router.js';
import type { User } from '../store/users.js';
import type { UserInput } from './user-body.js';
import { findPhoneNumbers, findPrimaryEmail } from './user-profile.js';
import type { UserChange } from './users.js';

/**
 * Checks that users who edit their own account without another permission change only their names.
 *
 * @throws ErrorResponse 403 `invalid_self_edit`.
 * @see UAA 4.30.0 `ScimUserUpdateDiff`
 */
export function checkSelfEdit(input: UserInput, { realm, caller, id }: UserChange): void {
  if (caller.user?.id !== id) return;
  if (['uaa.admin', 'scim.write'].some((name) => caller.scope.includes(name))) return;
  const user = realm.state.users.get(id);
  if (!user || hasOnlyOtherNames(user, input)) return;
  throw new ErrorResponse(
    json(403, {
      error: 'invalid_self_edit',
      error_description:
        'Users are only allowed to edit their own User settings when internal user storage is ' +
        'enabled, and in that case they may only edit the givenName and familyName.',
    }),
  );
}

function hasOnlyOtherNames(user: User, input: UserInput): boolean {
  const [phoneNumber] = findPhoneNumbers(input);
  const email = findPrimaryEmail(input.emails ?? []);
  return (
    user.origin === 'uaa' &&
    (input.origin || 'uaa') === user.origin &&
    email?.value === user.email &&
    (input.salt ?? undefined) === user.salt &&
    input.displayName === null &&
    (input.externalId || undefined) === user.externalId &&
    (phoneNumber?.value ?? undefined) === user.phoneNumber &&
    (phoneNumber?.type ?? null) === null &&
    input.userName === user.userName &&
    input.verified === user.verified &&
    input.active === user.active
  );
}
