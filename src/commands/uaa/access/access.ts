import type { SecretPlace } from './secret-place.js';

/** Who may do what at a UAA: what a file wants, and what a UAA has, in the same shape. */
export interface Access {
  readonly users: readonly AccessUser[];
  readonly groups: readonly AccessGroup[];
  readonly clients: readonly AccessClient[];
}

/** A user as people name one. The UAA compares both parts without regard to case. */
export interface UserName {
  readonly user: string;
  /** Identity provider. */
  readonly origin: string;
}

/** Who can be in a group: a user, or everybody who is in another group. */
export type Member = UserName | { readonly group: string };

/** A group of an identity provider: whoever is in it is in the group of the UAA. */
export interface External {
  readonly origin: string;
  readonly name: string;
}

/** What is left out is nobody's business here: it is neither compared nor changed. */
export interface AccessUser extends UserName {
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** For a new user; never compared. */
  readonly passwordFrom?: SecretPlace | undefined;
}

/** What is left out is neither compared nor changed. */
export interface AccessGroup {
  readonly name: string;
  /** Goes into a new group; of one that is there it is not compared. */
  readonly description?: string | undefined;
  readonly members?: readonly Member[] | undefined;
  readonly external?: readonly External[] | undefined;
}

export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes of a client, spelled as the UAA spells them. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface AccessClient {
  readonly id: string;
  /** What is left out is neither compared nor changed. */
  readonly attributes: Attributes;
  /** For a new client; never compared. */
  readonly secretFrom?: SecretPlace | undefined;
}

export function isUserName(member: Member): member is UserName {
  return 'user' in member;
}

/** The same text for the same user. */
export function userKey({ user, origin }: UserName): string {
  return JSON.stringify([user.toLowerCase(), origin.toLowerCase()]);
}

/** The same text for the same member, and another one for a group than for a user of its name. */
export function memberKey(member: Member): string {
  return isUserName(member) ? userKey(member) : JSON.stringify([member.group.toLowerCase()]);
}

/** The UAA keeps names of external groups in lower case, without blanks at their ends. */
export function externalKey({ origin, name }: External): string {
  return JSON.stringify([origin.toLowerCase(), name.trim().toLowerCase()]);
}

/** The UAA compares names without regard to case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** By code points, so that the order is the same everywhere. */
export function byText<T>(text: (item: T) => string): (one: T, other: T) => number {
  return (one, other) => {
    const [a, b] = [text(one), text(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  };
}
