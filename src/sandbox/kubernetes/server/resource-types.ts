/** A type of objects, as discovery describes it. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural name, e.g. `pods`. */
  readonly name: string;
  readonly singularName: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  /** Whether `kubectl get all` includes it. */
  readonly isInAll: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
}

export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const allVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const createOnly = ['create'];

type Options = Partial<Omit<ResourceType, 'group' | 'version' | 'name' | 'kind'>>;

/** Lists the types of a group, each with its plural name, its kind and the members that differ from the default. */
function defineGroup(
  group: string,
  types: Readonly<Record<string, readonly [kind: string, options?: Options]>>,
): readonly ResourceType[] {
  return Object.entries(types).map(([name, [kind, options = {}]]) => ({
    ...{ group, version: 'v1', name, kind, singularName: kind.toLowerCase(), isNamespaced: true },
    ...{ shortNames: [], isInAll: false, verbs: allVerbs, subresources: [] },
    ...options,
  }));
}

const isNamespaced = false;
const isInAll = true;

const tokenSubresource: Subresource = {
  ...{ name: 'token', group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  verbs: createOnly,
};

/**
 * The types that discovery lists. The sandbox serves only some of them, but kubectl must know the
 * other types: without them, `auth can-i get pods` prints a warning, and `get pods` fails before
 * the server can reject it.
 */
export const resourceTypes: readonly ResourceType[] = [
  ...defineGroup('', {
    configmaps: ['ConfigMap', { shortNames: ['cm'] }],
    endpoints: ['Endpoints', { shortNames: ['ep'] }],
    events: ['Event', { shortNames: ['ev'] }],
    namespaces: [
      'Namespace',
      {
        ...{ isNamespaced, shortNames: ['ns'] },
        verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
      },
    ],
    nodes: ['Node', { isNamespaced, shortNames: ['no'] }],
    persistentvolumeclaims: ['PersistentVolumeClaim', { shortNames: ['pvc'] }],
    persistentvolumes: ['PersistentVolume', { isNamespaced, shortNames: ['pv'] }],
    pods: ['Pod', { shortNames: ['po'], isInAll }],
    replicationcontrollers: ['ReplicationController', { shortNames: ['rc'], isInAll }],
    secrets: ['Secret'],
    serviceaccounts: ['ServiceAccount', { shortNames: ['sa'], subresources: [tokenSubresource] }],
    services: ['Service', { shortNames: ['svc'], isInAll }],
  }),
  ...defineGroup('apps', {
    daemonsets: ['DaemonSet', { shortNames: ['ds'], isInAll }],
    deployments: ['Deployment', { shortNames: ['deploy'], isInAll }],
    replicasets: ['ReplicaSet', { shortNames: ['rs'], isInAll }],
    statefulsets: ['StatefulSet', { shortNames: ['sts'], isInAll }],
  }),
  ...defineGroup('authentication.k8s.io', {
    selfsubjectreviews: ['SelfSubjectReview', { isNamespaced, verbs: createOnly }],
  }),
  ...defineGroup('authorization.k8s.io', {
    selfsubjectaccessreviews: ['SelfSubjectAccessReview', { isNamespaced, verbs: createOnly }],
    selfsubjectrulesreviews: ['SelfSubjectRulesReview', { isNamespaced, verbs: createOnly }],
  }),
  ...defineGroup('batch', {
    cronjobs: ['CronJob', { shortNames: ['cj'], isInAll }],
    jobs: ['Job', { isInAll }],
  }),
  ...defineGroup('networking.k8s.io', {
    ingresses: ['Ingress', { shortNames: ['ing'] }],
    networkpolicies: ['NetworkPolicy', { shortNames: ['netpol'] }],
  }),
  ...defineGroup('rbac.authorization.k8s.io', {
    clusterrolebindings: ['ClusterRoleBinding', { isNamespaced }],
    clusterroles: ['ClusterRole', { isNamespaced }],
    rolebindings: ['RoleBinding'],
    roles: ['Role'],
  }),
  ...defineGroup('storage.k8s.io', {
    storageclasses: ['StorageClass', { isNamespaced, shortNames: ['sc'] }],
  }),
];

/** Formats the `apiVersion` of objects of a type. */
export function formatApiVersion({
  group,
  version,
}: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
