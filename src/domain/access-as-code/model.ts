import type { Attributes } from '../../api/uaa/client-attributes.js';
import type { MembershipSource } from '../../api/uaa/membership-sources.js';

/** Users, groups and clients with their permissions, as described in a file or stored by a UAA. */
export interface Access {
  readonly users: readonly AccessUser[];
  readonly groups: readonly AccessGroup[];
  readonly clients: readonly AccessClient[];
}

/** Identifies a user. The UAA ignores the case of both parts. */
export interface UserName {
  readonly user: string;
  readonly origin: string;
}

/** A member of a group: a user, or another group whose members are included. */
export type Member = UserName | { readonly group: string };

/** A user whose membership has the origin of an identity provider. Access files omit these memberships. */
export interface ProviderMember {
  readonly member: UserName;
  /** Origin of the membership. */
  readonly origin: string;
  readonly source: Exclude<MembershipSource, 'added'>;
}

/** A group of an identity provider whose members are also members of the UAA's group. */
export interface ExternalGroup {
  readonly origin: string;
  readonly name: string;
}

/** Fields that are `undefined` are neither compared nor changed. */
export interface AccessUser extends UserName {
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** Used only for a new user; never compared. */
  readonly passwordFrom?: SecretSource | undefined;
}

/** Fields that are `undefined` are neither compared nor changed. */
export interface AccessGroup {
  readonly name: string;
  /** Used only for a new group; never compared. */
  readonly description?: string | undefined;
  readonly members?: readonly Member[] | undefined;
  /** Set only for groups read from a UAA, never for groups in a file. */
  readonly providerMembers?: readonly ProviderMember[] | undefined;
  readonly external?: readonly ExternalGroup[] | undefined;
}

export interface AccessClient {
  readonly id: string;
  /** Absent attributes are neither compared nor changed. */
  readonly attributes: Attributes;
  /** Whether `tpks uaa trust add` created the client, so that its lists are not pruned. */
  readonly isFromTrust?: boolean;
  /** Used only for a new client; never compared. */
  readonly secretFrom?: SecretSource | undefined;
}

/** Where to read a new password or secret. The access file itself never contains one. */
export type SecretSource =
  | { readonly kind: 'env'; readonly name: string }
  /** A relative path is relative to the folder of the access file. */
  | { readonly kind: 'file'; readonly path: string }
  /** An empty secret, such as the secret of `pks_cli`. */
  | { readonly kind: 'empty' };

/** @returns `undefined` if the text is not a source. */
export function parseSecretSource(text: string): SecretSource | undefined {
  if (text === 'empty') return { kind: 'empty' };
  const name = /^env:([A-Za-z_]\w*)$/.exec(text)?.[1];
  if (name !== undefined) return { kind: 'env', name };
  const path = /^file:(.+)$/.exec(text)?.[1];
  return path === undefined ? undefined : { kind: 'file', path };
}

export function formatSecretSource(source: SecretSource): string {
  if (source.kind === 'empty') return 'empty';
  return source.kind === 'env' ? `env:${source.name}` : `file:${source.path}`;
}

export function isUserName(member: Member): member is UserName {
  return 'user' in member;
}

/** @returns the same key for names that the UAA considers equal. */
export function userKey({ user, origin }: UserName): string {
  return JSON.stringify([user.toLowerCase(), origin.toLowerCase()]);
}

/** @returns the key of a member. A group and a user with the same name have different keys. */
export function memberKey(member: Member): string {
  return isUserName(member) ? userKey(member) : JSON.stringify([member.group.toLowerCase()]);
}

/** The UAA stores names of external groups in lower case, without leading and trailing spaces. */
export function externalGroupKey({ origin, name }: ExternalGroup): string {
  return JSON.stringify([origin.toLowerCase(), name.trim().toLowerCase()]);
}
