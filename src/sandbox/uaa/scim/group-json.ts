import { scimSchema } from '../errors.js';
import type { JsonObject } from '../../body.js';
import type { Group, Member } from '../store/groups.js';

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
