import { ErrorResponse, type SandboxResponse } from '../../router.js';
import type { GroupInput } from './group-json.js';
import type { Group } from '../store/groups.js';
import { etagOf } from './version.js';
import { addMember } from './membership.js';
import { badScimRequestError, invalidScimResourceError, scimError } from './error.js';
import type { State } from '../store/state.js';

/** Adds the ETag to error responses too, because the real server sets it before anything can fail. */
export function withEtag(group: Group, respond: () => SandboxResponse): SandboxResponse {
  try {
    return respond();
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw error;
    const { response } = error;
    throw new ErrorResponse({ ...response, headers: { ...response.headers, etag: etagOf(group) } });
  }
}

/** @throws ErrorResponse 400 `scim` if the name is missing. The database allows an empty name. */
export function getRequiredDisplayName({ displayName }: GroupInput): string {
  if (displayName !== undefined) return displayName;
  throw badScimRequestError(
    'integrity constraint violation: NOT NULL check constraint table: GROUPS column: DISPLAYNAME',
  );
}

/**
 * Replaces a group and its members.
 *
 * @param version - the expected version. If undefined, any version is accepted.
 * @throws ErrorResponse 409 if the version differs, or 400 if the name is taken or a member is
 *   unknown. After an error with a member, the group has lost members: like the real server, the
 *   sandbox does not restore them.
 */
export function replaceGroup(
  state: State,
  group: Group,
  version: number | undefined,
  input: GroupInput,
): Group {
  const displayName = getRequiredDisplayName(input);
  const existing = state.groups.findByName(displayName);
  if (existing && existing.id !== group.id) {
    throw invalidScimResourceError(`A group with displayName: ${displayName} already exists`);
  }
  if (version !== undefined && version !== group.version) {
    // The real server's rollback increments the version.
    state.groups.put({ ...group, version: group.version + 1 });
    throw scimError(409, 'scim', 'Incorrect result size: expected 1, actual 0');
  }
  const updated = {
    ...group,
    displayName,
    description: input.description,
    version: group.version + 1,
    modifiedAt: state.now(),
  };
  state.groups.put(updated);
  replaceMembers(state, group, input);
  return updated;
}

function replaceMembers(state: State, group: Group, { members = [] }: GroupInput): void {
  state.groups.removeAllMembers(group.id);
  for (const member of members) {
    try {
      addMember(state, group.id, member);
    } catch (error) {
      state.groups.put({ ...group, version: group.version + 2 });
      const isNotFound = error instanceof ErrorResponse && error.response.status === 404;
      throw isNotFound ? badScimRequestError(error.message) : error;
    }
  }
}
