import type { MembershipSource } from '../../api/uaa/membership-sources.js';

/** Who can do what at one installation; printed by `tpks access -o json`. */
export interface AccessReport {
  /** URL of the PKS API, or of the UAA if the API is not known. */
  readonly installation: string;
  readonly identities: readonly ReviewedIdentity[];
  /** Sorted by severity, highest first. */
  readonly findings: readonly Finding[];
  /** What the token was not allowed to read, e.g. the clients. */
  readonly notRead: readonly NotRead[];
  /** Only with `--kubernetes`. */
  readonly clusters?: readonly ReviewedCluster[];
}

/** A user or a client, and everything that it can do. */
export interface ReviewedIdentity {
  /** Id of the user in the UAA; for a client, its name. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'client';
  /** `null` for a client. */
  readonly origin: string | null;
  /** `false` for a user who may not log in; always `true` for a client. */
  readonly active: boolean;
  /** ISO 8601; `null` for a user who has never logged in, and for a client, whose use the UAA does not record. */
  readonly lastLogin: string | null;
  /** Administrators' scopes first. */
  readonly permissions: readonly Permission[];
  /** Ids of the findings about the identity. */
  readonly findings: readonly FindingId[];
  /** Only with `--kubernetes`. */
  readonly bindings?: readonly RoleBinding[];
  /** Only for a single user; `null` if the token may not list them. */
  readonly refreshTokens?: readonly ListedRefreshToken[] | null;
}

export interface Permission {
  readonly scope: string;
  /** Each way in which the identity gets the scope. */
  readonly via: readonly PermissionSource[];
}

export interface PermissionSource {
  /** `default`: all users have the scope; `authority`: the client has it; otherwise, from a group membership. */
  readonly kind: MembershipSource | 'default' | 'authority';
  /** The groups between the scope and the identity, from the outermost to the one that contains the user. */
  readonly groups: readonly string[];
  /** The identity provider that assigned the membership. */
  readonly origin?: string;
  /** The external groups that are mapped to the group that contains the user; the user is in one of them. */
  readonly externalGroups?: readonly string[];
}

export const severities = ['low', 'medium', 'high'] as const;

export type Severity = (typeof severities)[number];

export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** Name of the user, client, group or identity provider that the finding is about. */
  readonly identity: string;
  /** Only for users. */
  readonly origin?: string;
  readonly reason: string;
  /** A command that corrects the problem. */
  readonly command: string;
}

/** The kinds of findings. docs/access-review.md explains each of them. */
export const findingIds = [
  'user-never-logged-in',
  'user-no-recent-login',
  'user-inactive',
  'user-unknown-origin',
  'user-duplicate-email',
  'group-missing-member',
  'group-temporary-membership',
  'group-unknown-mapping-origin',
  'group-nested-admin',
  'client-admin-authority',
  'client-password-grant',
  'client-implicit-grant',
  'client-redirect-uri',
  'client-autoapprove',
  'client-long-access-token',
  'client-long-refresh-token',
  'client-any-provider',
  'client-empty-secret',
  'provider-inactive',
  'provider-skips-tls-verification',
  'provider-group-names-as-scopes',
  'provider-public-issuer',
  'binding-unknown-user',
] as const;

export type FindingId = (typeof findingIds)[number];

export interface NotRead {
  /** E.g. `clients`. */
  readonly what: string;
  /** The scope that the token needs. */
  readonly scope: string;
}

/** A role binding of a user or a group, in one cluster. */
export interface RoleBinding {
  readonly cluster: string;
  /** `null` for a ClusterRoleBinding. */
  readonly namespace: string | null;
  readonly name: string;
  /** E.g. `ClusterRole cluster-admin`. */
  readonly role: string;
}

export interface ReviewedCluster {
  readonly name: string;
  /** Why the role bindings of the cluster could not be read; `undefined` if they were read. */
  readonly problem?: string | undefined;
  /** Bindings of external groups, whose members the UAA does not list. */
  readonly groupBindings: readonly (RoleBinding & { readonly group: string })[];
}

export interface ListedRefreshToken {
  readonly clientId: string;
  /** ISO 8601 */
  readonly issuedAt: string;
  /** ISO 8601 */
  readonly expiresAt: string;
}
