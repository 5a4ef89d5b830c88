import * as v from 'valibot';
import type { JsonObject } from '../../body.js';
import type { UserGroup } from '../store/groups.js';
import type { User } from '../store/users.js';
import { boolean, array, object, optional, schemasField, text, textList } from './body.js';
import { scimSchema } from './error.js';

/** Fields that a request can contain but that UAA does not store. */
const ignoredFields = [
  ...['id', 'displayName', 'nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage'],
  ...['locale', 'timezone', 'groups', 'approvals', 'zoneId', 'passwordLastModified'],
  ...['previousLogonTime', 'lastLogonTime', 'version'],
];

export const userSchema = v.pipe(
  v.strictObject(
    {
      ...Object.fromEntries(ignoredFields.map((name) => [name, v.optional(v.unknown())])),
      schemas: schemasField(''),
      userName: optional(text),
      name: optional(object({ givenName: optional(text), familyName: optional(text) })),
      emails: optional(array(object({ value: optional(text), primary: optional(boolean) }))),
      phoneNumbers: optional(array(object({ value: optional(text) }))),
      externalId: optional(text),
      password: optional(text),
      origin: optional(text),
      salt: optional(text),
      active: optional(boolean),
      verified: optional(boolean),
      meta: optional(object({ attributes: optional(textList) })),
    },
    'JSON parse error: unrecognized field; nested exception is ' +
      'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException: ' +
      'unrecognized field (0 known properties: ])',
  ),
  v.transform(({ phoneNumbers, meta, ...user }) => ({
    ...user,
    phoneNumber: phoneNumbers?.[0]?.value,
    /** `meta.attributes`, the attributes that a PATCH clears. */
    clearedAttributes: meta?.attributes ?? [],
  })),
);

/** A user in a request. Undefined fields were not in the body. */
export type UserInput = v.InferOutput<typeof userSchema>;

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
    passwordLastModified: new Date(user.passwordModifiedAt).toISOString(),
    previousLogonTime: user.previousLogonAt,
    lastLogonTime: user.lastLogonAt,
    schemas: [scimSchema],
  };
}
