import type { MembershipSource } from '../../api/uaa/membership-sources.js';

/** The access review of one installation, as `tpks access -o json` prints it. */
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

/** A user or a client, with its permissions. */
export interface ReviewedIdentity {
  /** The UAA's id of a user, or the name of a client. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'client';
  /** `null` for a client. */
  readonly origin: string | null;
  /** `false` for an inactive user, who cannot log in; always `true` for a client. */
  readonly active: boolean;
  /** ISO 8601; `null` for a user who has never logged in. Always `null` for a client: the UAA records no client logins. */
  readonly lastLogin: string | null;
  /** Sorted, administrator scopes first. */
  readonly permissions: readonly Permission[];
  /** Ids of the findings about the identity. */
  readonly findings: readonly FindingId[];
  /** Only with `--kubernetes`. */
  readonly bindings?: readonly RoleBinding[];
  /** Only if one user is shown; `null` if the token is not allowed to list them. */
  readonly refreshTokens?: readonly ListedRefreshToken[] | null;
}

export interface Permission {
  readonly scope: string;
  /** All sources of the scope. */
  readonly via: readonly PermissionSource[];
}

export interface PermissionSource {
  /** `default`: all users have the scope. `authority`: the client has it. Otherwise, the source of the membership. */
  readonly kind: MembershipSource | 'default' | 'authority';
  /** The groups between the scope and the user, from the outermost to the one that the user is a member of. */
  readonly groups: readonly string[];
  /** The identity provider that assigned the membership. */
  readonly origin?: string;
  /** The external groups that are mapped to the user's group. The user is in at least one of them. */
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

/** @see docs/access-review.md#findings */
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
  /** Bindings of external groups. The UAA does not list the members of these groups. */
  readonly groupBindings: readonly (RoleBinding & { readonly group: string })[];
}

export interface ListedRefreshToken {
  readonly clientId: string;
  /** ISO 8601 */
  readonly issuedAt: string;
  /** ISO 8601 */
  readonly expiresAt: string;
}
