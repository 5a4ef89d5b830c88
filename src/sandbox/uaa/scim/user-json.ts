import { scimSchema } from '../errors.js';
import { hasText } from '../requests.js';
import type { JsonObject } from '../../body.js';
import { approvalToJson, type Approval } from '../store/approvals.js';
import type { UserGroup } from '../store/groups.js';
import type { User } from '../store/users.js';

/** Lists that a response can omit. */
interface UserLists {
  readonly groups?: readonly UserGroup[] | undefined;
  /** Only those that have not expired. */
  readonly approvals?: readonly Approval[] | undefined;
}

/** Converts a user for a response. Undefined fields are not sent. */
export function userToJson(user: User, { groups, approvals }: UserLists = {}): JsonObject {
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
    groups: groups?.map(({ group, kind }) => ({
      value: group.id,
      display: group.displayName,
      type: kind,
    })),
    approvals: approvals?.map(approvalToJson),
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
