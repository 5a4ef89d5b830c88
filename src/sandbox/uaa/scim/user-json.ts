import type { JsonObject } from '../../body.js';
import type { UserGroup } from '../store/groups.js';
import type { User } from '../store/users.js';
import { scimSchema } from './error.js';
import { hasText } from './user-profile.js';

/**
 * Converts a user for a response. Undefined fields are not sent.
 *
 * @param groups - undefined if the response omits groups and approvals.
 */
export function userToJson(user: User, groups?: readonly UserGroup[]): JsonObject {
  return {
    id: user.id,
    externalId: user.externalId,
    meta: {
      version: user.version,
      created: new Date(user.createdAt).toISOString(),
      lastModified: new Date(user.modifiedAt).toISOString(),
    },
    userName: user.userName,
    name: { familyName: user.familyName, givenName: user.givenName },
    ...(hasText(user.email) && { emails: [{ value: user.email, primary: false }] }),
    ...(groups && {
      groups: groups.map(({ group, kind }) => ({
        value: group.id,
        display: group.displayName,
        type: kind,
      })),
      approvals: [],
    }),
    ...(user.phoneNumber !== undefined && { phoneNumbers: [{ value: user.phoneNumber }] }),
    active: user.active,
    verified: user.verified,
    origin: user.origin,
    zoneId: 'uaa',
    salt: user.salt,
    passwordLastModified: new Date(user.passwordModifiedAt).toISOString(),
    previousLogonTime: user.previousLogonAt,
    lastLogonTime: user.lastLogonAt,
    schemas: [scimSchema],
  };
}
