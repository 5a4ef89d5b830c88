import type { JsonObject } from '../json.js';
import { reviewTypes } from './authorization.js';

/** A type of Kubernetes objects. All types have the version `v1`. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  /** Plural name, e.g. `nodes`. */
  readonly name: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
}

const defineType =
  (isNamespaced: boolean) =>
  (group: string, name: string, kind: string, ...shortNames: string[]): ResourceType => ({
    group,
    name,
    kind,
    isNamespaced,
    shortNames,
  });
const namespaced = defineType(true);
const clusterWide = defineType(false);

/**
 * Includes common types that have no objects in the sandbox. Otherwise, kubectl would report an error
 * for `get`, and `auth can-i` would print a warning.
 */
export const resourceTypes: readonly ResourceType[] = [
  namespaced('', 'configmaps', 'ConfigMap', 'cm'),
  clusterWide('', 'namespaces', 'Namespace', 'ns'),
  clusterWide('', 'nodes', 'Node', 'no'),
  namespaced('', 'pods', 'Pod', 'po'),
  namespaced('', 'secrets', 'Secret'),
  namespaced('', 'serviceaccounts', 'ServiceAccount', 'sa'),
  namespaced('', 'services', 'Service', 'svc'),
  namespaced('apps', 'deployments', 'Deployment', 'deploy'),
  clusterWide('authentication.k8s.io', reviewTypes.subject, 'SelfSubjectReview'),
  clusterWide('authorization.k8s.io', reviewTypes.access, 'SelfSubjectAccessReview'),
  clusterWide('authorization.k8s.io', reviewTypes.rules, 'SelfSubjectRulesReview'),
  clusterWide('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding'),
  namespaced('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
];

const namedGroups = [...new Set(resourceTypes.map(({ group }) => group))].filter(Boolean);

/** Formats the `apiVersion` of objects in a group. */
export function formatApiVersion(group: string): string {
  return group === '' ? 'v1' : `${group}/v1`;
}

/**
 * Creates the response to `/version` or to a discovery request (`/api`, `/apis` or the path of a
 * version), which kubectl sends to find out which types exist.
 * @param version - version of Kubernetes, e.g. `1.16.7`.
 * @returns undefined if the path is unknown.
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export function discover(path: string, version: string): JsonObject | undefined {
  if (path === '/version') return describeVersion(version);
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups.map(describeGroup) };
  }
  const group = ['', ...namedGroups].find((name) => path === formatGroupPath(name));
  return group === undefined ? undefined : listTypes(group);
}

function describeVersion(version: string): JsonObject {
  const [major, minor] = version.split('.');
  return { major, minor, gitVersion: `v${version}`, platform: 'linux/amd64' };
}

function describeGroup(name: string): JsonObject {
  const version = { groupVersion: formatApiVersion(name), version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function formatGroupPath(group: string): string {
  return `/${group === '' ? 'api' : 'apis'}/${formatApiVersion(group)}`;
}

function listTypes(group: string): JsonObject {
  const types = resourceTypes.filter((type) => type.group === group);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: formatApiVersion(group),
    resources: types.map(({ name, kind, isNamespaced, shortNames }) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced: isNamespaced,
      kind,
      verbs: ['create', 'delete', 'get', 'list'],
      shortNames,
    })),
  };
}
