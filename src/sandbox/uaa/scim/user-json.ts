import type { UserGroup } from '../store/groups.js';
import type { JsonObject } from './body.js';
import { booleanOf, checkSchemas, objectOf, objectsOf, textOf, textsOf } from './body.js';
import { scimDate } from './date.js';
import { badScimRequest, scimSchema } from './error.js';
import type { User } from '../store/users.js';

/** A user as a request describes one; what is undefined was not in the body. */
export interface UserInput {
  readonly userName: string | undefined;
  readonly name: NameInput | undefined;
  readonly emails: readonly EmailInput[] | undefined;
  readonly phoneNumber: string | undefined;
  readonly externalId: string | undefined;
  readonly password: string | undefined;
  readonly origin: string | undefined;
  readonly salt: string | undefined;
  readonly active: boolean | undefined;
  readonly verified: boolean | undefined;
  /** `meta.attributes`: what a PATCH clears. */
  readonly clear: readonly string[];
}

export interface NameInput {
  readonly givenName: string | undefined;
  readonly familyName: string | undefined;
}

export interface EmailInput {
  readonly value: string | undefined;
  readonly primary: boolean;
}

/**
 * Reads a user; members that SCIM knows and UAA does not store are dropped.
 *
 * @throws ErrorResponse 400 `scim` for a member that SCIM does not know or that has another type.
 */
export function userFromJson(body: JsonObject): UserInput {
  if (Object.keys(body).some((name) => !members.has(name))) {
    throw badScimRequest(
      'JSON parse error: unrecognized field; nested exception is ' +
        'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException: ' +
        'unrecognized field (0 known properties: ])',
    );
  }
  checkSchemas(body, '');
  const name = objectOf(body, 'name');
  const [phone] = objectsOf(body, 'phoneNumbers') ?? [];
  const meta = objectOf(body, 'meta');
  return {
    userName: textOf(body, 'userName'),
    name: name && {
      givenName: textOf(name, 'givenName'),
      familyName: textOf(name, 'familyName'),
    },
    emails: objectsOf(body, 'emails')?.map((email) => ({
      value: textOf(email, 'value'),
      primary: booleanOf(email, 'primary') ?? false,
    })),
    phoneNumber: phone && textOf(phone, 'value'),
    externalId: textOf(body, 'externalId'),
    password: textOf(body, 'password'),
    origin: textOf(body, 'origin'),
    salt: textOf(body, 'salt'),
    active: booleanOf(body, 'active'),
    verified: booleanOf(body, 'verified'),
    clear: (meta && textsOf(meta, 'attributes')) ?? [],
  };
}

/**
 * @param groups - absent where the server leaves groups and approvals out.
 * @returns the user as the server shows one; members that are undefined are not sent.
 */
export function userToJson(user: User, groups?: readonly UserGroup[]): JsonObject {
  return {
    id: user.id,
    externalId: user.externalId,
    meta: {
      version: user.version,
      created: scimDate(user.createdAt),
      lastModified: scimDate(user.modifiedAt),
    },
    userName: user.userName,
    name: { familyName: user.familyName, givenName: user.givenName },
    emails: [{ value: user.email, primary: false }],
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
    passwordLastModified: scimDate(user.passwordModifiedAt),
    previousLogonTime: user.previousLogonAt,
    lastLogonTime: user.lastLogonAt,
    schemas: [scimSchema],
  };
}

const members = new Set([
  ...['id', 'externalId', 'meta', 'userName', 'name', 'displayName', 'nickName', 'profileUrl'],
  ...['title', 'userType', 'preferredLanguage', 'locale', 'timezone', 'active', 'emails'],
  ...['groups', 'phoneNumbers', 'password', 'approvals', 'verified', 'origin', 'zoneId', 'salt'],
  ...['passwordLastModified', 'previousLogonTime', 'lastLogonTime', 'schemas', 'version'],
]);
