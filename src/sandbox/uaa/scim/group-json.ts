import type { Group, Member } from '../store/groups.js';
import type { JsonObject } from './body.js';
import { checkSchemas, objectOf, objectsOf, textOf, textsOf } from './body.js';
import { scimDate } from './date.js';
import { badScimRequest, scimSchema } from './error.js';

/** A group as a request describes one; what is undefined was not in the body. */
export interface GroupInput {
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly members: readonly MemberInput[] | undefined;
  /** `meta.version`, which a new group takes over. */
  readonly version: number | undefined;
  /** `meta.attributes`: what a PATCH clears. */
  readonly clear: readonly string[];
}

export interface MemberInput extends Member {
  /** `delete` in a PATCH takes the member out. */
  readonly operation: string | undefined;
}

/** @throws ErrorResponse 400 `scim` for a member that has another type. */
export function groupFromJson(body: JsonObject): GroupInput {
  checkSchemas(body, 'JSON parse error: ');
  const meta = objectOf(body, 'meta');
  const version = meta?.['version'];
  return {
    displayName: textOf(body, 'displayName'),
    description: textOf(body, 'description'),
    members: objectsOf(body, 'members')?.map(memberFromJson),
    version: typeof version === 'number' ? version : undefined,
    clear: (meta && textsOf(meta, 'attributes')) ?? [],
  };
}

/** A member of the body: a user of the internal store unless it says otherwise. */
export function memberFromJson(body: JsonObject): MemberInput {
  const type = textOf(body, 'type') ?? 'USER';
  if (type !== 'USER' && type !== 'GROUP') {
    throw badScimRequest(
      'JSON parse error: Cannot deserialize value of type ' +
        '`org.cloudfoundry.identity.uaa.scim.ScimGroupMember$Type` ' +
        `from String "${type}": value not one of declared Enum instance names: [USER, GROUP]`,
    );
  }
  return {
    value: textOf(body, 'value') ?? '',
    type,
    origin: textOf(body, 'origin') ?? 'uaa',
    operation: textOf(body, 'operation'),
  };
}

/** @param members - absent where the server leaves them out. */
export function groupToJson(group: Group, members?: readonly Member[]): JsonObject {
  return {
    id: group.id,
    meta: {
      version: group.version,
      created: scimDate(group.createdAt),
      lastModified: scimDate(group.modifiedAt),
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

/** A PATCH laid over a group: `meta.attributes` are cleared, then what is given is merged. */
export function patchedGroup(
  group: Group,
  members: readonly Member[],
  patch: GroupInput,
): GroupInput {
  const cleared = new Set(patch.clear.map((name) => name.toLowerCase()));
  const fixed = patch.clear.find((name) => !clearable.has(name.toLowerCase()));
  if (fixed !== undefined) {
    throw badScimRequest(`Attribute ${fixed} cannot be removed using "Meta.attributes"`);
  }
  const named = new Set(patch.members?.map(({ value }) => value));
  const kept = cleared.has('members') ? [] : members.filter(({ value }) => !named.has(value));
  const added = (patch.members ?? []).filter(({ operation }) => operation !== 'delete');
  return {
    displayName: patch.displayName ?? (cleared.has('displayname') ? undefined : group.displayName),
    description: patch.description ?? (cleared.has('description') ? undefined : group.description),
    members: [...kept.map((member) => ({ ...member, operation: undefined })), ...added],
    version: undefined,
    clear: [],
  };
}

const clearable = new Set(['displayname', 'description', 'members']);
