import { isObject, type JsonObject } from '../../body.js';
import { toList } from '../../storage/storage.js';
import {
  authenticatedGroup,
  mastersGroup,
  unauthenticatedGroup,
  type Identity,
} from './identity.js';
import type { KubernetesObject } from './objects.js';
import type { PathRequest, ResourceRequest } from './request-info.js';
import { formatUsername } from './service-account-tokens.js';

/** A permission of a role. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The action that a user wants to perform. */
export type Attributes =
  PathRequest | Pick<ResourceRequest, 'isResource' | 'verb' | 'group' | 'resource' | 'subresource'>;

export interface Decision {
  readonly isAllowed: boolean;
  /** The role binding that allows the action, for reviews. */
  readonly reason?: string;
}

/** Decides what users may do. */
export interface Authorization {
  readonly authorize: (identity: Identity, attributes: Attributes) => Decision;
  /** Returns all permissions of a user. */
  readonly listRules: (identity: Identity) => readonly Rule[];
}

interface Binding {
  readonly name: string;
  readonly role: string;
  readonly subjects: readonly JsonObject[];
}

const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discoveryPaths = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];

/** The rules of the cluster roles that the sandbox knows. A binding of another role has no effect. */
const clusterRoles: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  [
    'cluster-admin',
    [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  ],
  [
    'system:basic-user',
    [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['selfsubjectreviews'],
      },
    ],
  ],
  [
    'system:discovery',
    [{ verbs: ['get'], nonResourceURLs: [...discoveryPaths, ...publicPaths].sort() }],
  ],
  ['system:public-info-viewer', [{ verbs: ['get'], nonResourceURLs: publicPaths }]],
]);

const toGroup = (name: string): JsonObject => ({ kind: 'Group', name });

/** The bindings that each cluster has. @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
const defaultBindings: readonly Binding[] = [
  { name: 'cluster-admin', role: 'cluster-admin', subjects: [toGroup(mastersGroup)] },
  ...['system:basic-user', 'system:discovery'].map((role) => ({
    ...{ name: role, role, subjects: [toGroup(authenticatedGroup)] },
  })),
  {
    name: 'system:public-info-viewer',
    role: 'system:public-info-viewer',
    subjects: [toGroup(authenticatedGroup), toGroup(unauthenticatedGroup)],
  },
];

/** @param listBindings - returns the ClusterRoleBindings of the cluster. */
export function createAuthorization(
  listBindings: () => readonly KubernetesObject[],
): Authorization {
  function findGrants(identity: Identity) {
    return [...listBindings().map(toBinding), ...defaultBindings].flatMap((binding) => {
      const subject = binding.subjects.find((candidate) => isSubject(candidate, identity));
      return subject ? [{ ...binding, subject }] : [];
    });
  }
  const rulesOf = (role: string): readonly Rule[] => clusterRoles.get(role) ?? [];

  return {
    authorize(identity, attributes) {
      if (identity.groups.includes(mastersGroup)) return { isAllowed: true };
      const grant = findGrants(identity).find(({ role }) =>
        rulesOf(role).some((rule) => isAllowedBy(rule, attributes)),
      );
      if (!grant) return { isAllowed: false };
      const subject = formatSubject(grant.subject);
      return {
        isAllowed: true,
        reason: `RBAC: allowed by ClusterRoleBinding "${grant.name}" of ClusterRole "${grant.role}" to ${subject}`,
      };
    },
    listRules: (identity) => findGrants(identity).flatMap(({ role }) => rulesOf(role)),
  };
}

function toBinding({ metadata, roleRef, subjects }: KubernetesObject): Binding {
  const role = isObject(roleRef) ? roleRef['name'] : undefined;
  return { name: metadata.name, role: String(role), subjects: toList(subjects).filter(isObject) };
}

function isSubject({ kind, name, namespace }: JsonObject, identity: Identity): boolean {
  if (kind === 'User') return name === identity.username;
  if (kind === 'Group') return identity.groups.some((group) => group === name);
  return (
    kind === 'ServiceAccount' &&
    formatUsername(String(namespace), String(name)) === identity.username
  );
}

function formatSubject({ kind, name, namespace }: JsonObject): string {
  const fullName =
    kind === 'ServiceAccount' ? `${String(name)}/${String(namespace)}` : String(name);
  return `${String(kind)} "${fullName}"`;
}

function isAllowedBy(rule: Rule, attributes: Attributes): boolean {
  if (!hasEntry(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResource) {
    const { path } = attributes;
    return (rule.nonResourceURLs ?? []).some((pattern) =>
      pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path,
    );
  }
  const { group, resource, subresource } = attributes;
  const target = subresource === '' ? resource : `${resource}/${subresource}`;
  return hasEntry(rule.apiGroups ?? [], group) && hasEntry(rule.resources ?? [], target);
}

function hasEntry(entries: readonly string[], value: string): boolean {
  return entries.includes('*') || entries.includes(value);
}
