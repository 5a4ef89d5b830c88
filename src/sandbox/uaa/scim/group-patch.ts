import { badScimRequestError, unexpectedScimError } from '../errors.js';
import type { Group, Member } from '../store/groups.js';
import type { GroupInput } from './group-body.js';

/**
 * Applies a PATCH to a group. The attributes in `meta.attributes` are cleared first, then the other
 * fields are merged.
 *
 * @throws ErrorResponse 400 `scim` if an attribute cannot be cleared, or 500 if an attribute or a
 *   member is null.
 * @see UAA 4.30.0 `ScimGroup.patch`
 */
export function applyGroupPatch(
  group: Group,
  members: readonly Member[],
  patch: GroupInput,
): GroupInput {
  const attributes = patch.meta?.attributes ?? [];
  attributes.forEach(checkAttribute);
  const cleared = new Set(attributes.map((name) => name?.toUpperCase()));
  return {
    displayName: patch.displayName ?? (cleared.has('DISPLAYNAME') ? null : group.displayName),
    description:
      patch.description ?? (cleared.has('DESCRIPTION') ? null : group.description) ?? null,
    members: mergeMembers(cleared.has('MEMBERS') ? [] : members, patch.members ?? []),
  };
}

function checkAttribute(name: string | null): void {
  switch (name?.toUpperCase()) {
    case undefined:
      throw unexpectedScimError();
    case 'DESCRIPTION':
    case 'DISPLAYNAME':
    case 'MEMBERS':
      return;
    case 'ZONEID':
      throw badScimRequestError('Cannot delete or change ZoneId');
    case 'ID':
      throw badScimRequestError('Cannot delete or change ID');
    default:
      throw badScimRequestError(
        `Attribute ${String(name)} cannot be removed using "Meta.attributes"`,
      );
  }
}

function mergeMembers(
  members: readonly Member[],
  patched: NonNullable<GroupInput['members']>,
): NonNullable<GroupInput['members']> {
  const inputs = patched.map((input) => {
    if (!input) throw unexpectedScimError();
    return input;
  });
  const patchedIds = new Set(inputs.map(({ value }) => value));
  return [
    ...members.filter(({ value }) => !patchedIds.has(value)),
    ...inputs.filter(({ operation }) => operation?.toLowerCase() !== 'delete'),
  ];
}
