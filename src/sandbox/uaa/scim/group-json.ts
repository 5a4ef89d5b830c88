import * as v from 'valibot';
import type { JsonObject } from '../../body.js';
import type { Group, Member } from '../store/groups.js';
import { array, object, optional, schemasField, text, textList } from './body.js';
import { badScimRequestError, scimSchema } from './error.js';

/** A member in a request. By default, it is a user of the internal store. */
export const memberSchema = v.pipe(
  object({
    value: optional(text),
    type: optional(
      v.pipe(
        text,
        v.picklist(
          ['USER', 'GROUP'],
          ({ input }) =>
            'JSON parse error: Cannot deserialize value of type ' +
            '`org.cloudfoundry.identity.uaa.scim.ScimGroupMember$Type` ' +
            `from String "${String(input)}": value not one of declared Enum instance names: [USER, GROUP]`,
        ),
      ),
    ),
    origin: optional(text),
    operation: optional(text),
  }),
  v.transform(({ value = '', type = 'USER', origin = 'uaa', operation }) => ({
    ...{ value, type, origin },
    /** In a PATCH, `delete` removes the member. */
    operation,
  })),
);

export const groupSchema = v.pipe(
  object({
    schemas: schemasField('JSON parse error: '),
    displayName: optional(text),
    description: optional(text),
    members: optional(array(memberSchema)),
    meta: optional(object({ version: v.optional(v.unknown()), attributes: optional(textList) })),
  }),
  v.transform(({ displayName, description, members, meta }) => ({
    ...{ displayName, description, members },
    /** `meta.version`, the initial version of a new group. */
    version: typeof meta?.version === 'number' ? meta.version : undefined,
    /** `meta.attributes`, the attributes that a PATCH clears. */
    clearedAttributes: meta?.attributes ?? [],
  })),
);

/** A group in a request. Undefined fields were not in the body. */
export type GroupInput = v.InferOutput<typeof groupSchema>;

/**
 * Converts a group for a response.
 *
 * @param members - undefined if the response omits the members.
 */
export function groupToJson(group: Group, members?: readonly Member[]): JsonObject {
  return {
    id: group.id,
    meta: {
      version: group.version,
      created: new Date(group.createdAt).toISOString(),
      lastModified: new Date(group.modifiedAt).toISOString(),
    },
    displayName: group.displayName,
    zoneId: 'uaa',
    description: group.description,
    members: members?.map(memberToJson),
    schemas: [scimSchema],
  };
}

export function memberToJson({ origin, type, value }: Member): JsonObject {
  return { origin, type, value };
}

/**
 * Applies a PATCH to a group. The attributes in `meta.attributes` are cleared first, then the other
 * fields are merged.
 *
 * @throws ErrorResponse 400 `scim` if an attribute cannot be cleared.
 */
export function applyGroupPatch(
  group: Group,
  members: readonly Member[],
  patch: GroupInput,
): GroupInput {
  const cleared = new Set(patch.clearedAttributes.map((name) => name.toLowerCase()));
  const notClearable = patch.clearedAttributes.find(
    (name) => !clearableAttributes.has(name.toLowerCase()),
  );
  if (notClearable !== undefined) {
    throw badScimRequestError(
      `Attribute ${notClearable} cannot be removed using "Meta.attributes"`,
    );
  }
  const patchedIds = new Set(patch.members?.map(({ value }) => value));
  const remaining = cleared.has('members')
    ? []
    : members.filter(({ value }) => !patchedIds.has(value));
  const added = (patch.members ?? []).filter(({ operation }) => operation !== 'delete');
  return {
    displayName: patch.displayName ?? (cleared.has('displayname') ? undefined : group.displayName),
    description: patch.description ?? (cleared.has('description') ? undefined : group.description),
    members: [...remaining.map((member) => ({ ...member, operation: undefined })), ...added],
    version: undefined,
    clearedAttributes: [],
  };
}

const clearableAttributes = new Set(['displayname', 'description', 'members']);
