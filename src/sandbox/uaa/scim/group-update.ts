import {
  badScimRequestError,
  invalidScimResourceError,
  scimError,
  scimNotFoundError,
  unexpectedScimError,
} from '../errors.js';
import { ErrorResponse, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { GroupInput } from './group-body.js';
import type { Group } from '../store/groups.js';
import { etagOf, readIfMatch } from './version.js';
import { addMember } from './membership.js';
import { missingValueProblem, rejectedValueError, tooLongProblem } from './database-error.js';
import type { State } from '../store/state.js';

/** @throws ErrorResponse 404 if the group does not exist. */
export function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimNotFoundError('Group', id);
  return group;
}

/** Adds the ETag to error responses: the real server sets it before it changes the group. */
export function withEtag(group: Group, respond: () => SandboxResponse): SandboxResponse {
  try {
    return respond();
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw error;
    const { response } = error;
    throw new ErrorResponse({ ...response, headers: { ...response.headers, etag: etagOf(group) } });
  }
}

/**
 * Reads the version in the header `If-Match`.
 *
 * @returns undefined if there is no header.
 * @throws ErrorResponse 400 if the version is not a number, or 404 if it is a wildcard and the group
 *   does not exist.
 */
function readGroupVersion(request: SandboxRequest, state: State, id: string): number | undefined {
  const version = readIfMatch(request, 'invalid');
  if (version === 'absent') return undefined;
  return version ?? findGroup(state, id).version;
}

/**
 * Like `readGroupVersion`, but the header is required.
 *
 * @throws ErrorResponse 400 if the header is missing, or 500 if the body's `meta` is null.
 */
export function readRequiredGroupVersion(
  request: SandboxRequest,
  state: State,
  { id, input }: { readonly id: string; readonly input: GroupInput },
): number {
  const version = readGroupVersion(request, state, id);
  if (version === undefined) throw badScimRequestError(`Missing If-Match for ${request.method}`);
  if (input.meta === null) throw unexpectedScimError();
  return version;
}

const updateStatement =
  'update groups set version=?, displayName=?, description=?, lastModified=? ' +
  'where id=? and version=? and identity_zone_id=?';

/**
 * Checks that the database can store a new or updated group. An empty name is allowed.
 *
 * @param statement - the real server's SQL statement, which is part of error messages.
 * @param namesColumn - whether the error for a long value names the column.
 * @returns the name of the group.
 * @throws ErrorResponse 400 `scim` if the name is missing, or the name or the description is too long.
 */
export function checkGroupColumns(
  { displayName, description }: GroupInput,
  statement: string,
  namesColumn: boolean,
): string {
  const columns = { DISPLAYNAME: displayName, DESCRIPTION: description };
  for (const [column, value] of Object.entries(columns)) {
    if ((value ?? '').length <= 255) continue;
    throw rejectedValueError(statement, tooLongProblem('GROUPS', namesColumn ? column : undefined));
  }
  if (typeof displayName === 'string') return displayName;
  const problem = missingValueProblem('SYS_CT_10177', 'GROUPS', 'DISPLAYNAME');
  throw rejectedValueError(statement, problem);
}

/**
 * Replaces a group and its members.
 *
 * @param version - the expected version.
 * @throws ErrorResponse 409 if the version differs, or 400 if a value is invalid, the name is taken
 *   or a member is unknown. As on the real server, members that were removed before an error with a
 *   new member are not restored.
 */
export function replaceGroup(
  state: State,
  group: Group,
  version: number,
  input: GroupInput,
): Group {
  if (version !== group.version) {
    // The real server's rollback increments the version.
    state.groups.put({ ...group, version: group.version + 1, modifiedAt: state.now() });
    throw scimError(409, 'scim', 'Incorrect result size: expected 1, actual 0');
  }
  const displayName = checkGroupColumns(input, updateStatement, false);
  const existing = state.groups.findByName(displayName);
  if (existing && existing.id !== group.id) {
    throw invalidScimResourceError(`A group with displayName: ${displayName} already exists`);
  }
  const updated = {
    ...group,
    displayName,
    description: input.description ?? undefined,
    version: group.version + 1,
    modifiedAt: state.now(),
  };
  state.groups.put(updated);
  try {
    replaceMembers(state, group.id, input.members ?? []);
  } catch (error) {
    if (!(error instanceof ErrorResponse) || error.response.status !== 404) throw error;
    state.groups.put({ ...group, version: group.version + 2, modifiedAt: state.now() });
    throw badScimRequestError(error.message);
  }
  return updated;
}

/**
 * Removes the members that are not in the list, and adds those that are new. A member without a type
 * is not the same as a user, so the real server removes it and adds it again.
 *
 * @throws ErrorResponse
 */
function replaceMembers(
  state: State,
  groupId: string,
  inputs: NonNullable<GroupInput['members']>,
): void {
  const current = state.groups.findMembers(groupId);
  const keyOf = ({ value, type }: { value?: string | null; type?: string | null }): string =>
    `${type ?? ''} ${value ?? ''}`;
  const wanted = new Set(inputs.flatMap((input) => (input ? [keyOf(input)] : [])));
  const existingKeys = new Set(current.map(keyOf).filter((key) => wanted.has(key)));
  for (const member of current) {
    if (!existingKeys.has(keyOf(member))) state.groups.removeMember(groupId, member.value);
  }
  for (const input of inputs) {
    if (!input) throw unexpectedScimError();
    if (!existingKeys.has(keyOf(input))) addMember(state, groupId, input);
  }
}
