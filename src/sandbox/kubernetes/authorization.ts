import { isObject, type JsonObject } from '../json.js';
import { decodePercent, type ErrorResponse, type SandboxRequest } from '../router.js';
import {
  authenticatedGroup,
  formatAccountUser,
  mastersGroup,
  type Identity,
} from './authentication.js';
import type { Binding } from './objects.js';
import type { MessageSchema } from './protobuf.js';
import { formatReference, statusError } from './status.js';

/** An action on objects of one type. Members that do not apply are empty strings. */
export interface ResourceAction {
  /** E.g. `list`. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural name of the type, e.g. `nodes`. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
}

/** A request for a path that does not belong to a type of objects, e.g. `/version`. */
interface PathAction {
  /** The HTTP method in lower case. */
  readonly verb: string;
  readonly path: string;
}

type Action = ResourceAction | PathAction;

/** The members of an action that determine whether it is allowed. */
type ReviewedAction = Pick<ResourceAction, 'verb' | 'resource' | 'namespace'> | PathAction;

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** @see https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/request/requestinfo.go */
export function readAction({ method, path }: SandboxRequest): Action {
  const [root, ...rest] = path.split('/').filter(Boolean).map(decodePercent);
  const [group = '', , ...parts] = root === 'apis' ? rest : ['', ...rest];
  if ((root !== 'api' && root !== 'apis') || parts.length === 0) {
    return { verb: method.toLowerCase(), path };
  }
  const namespace = parts[0] === 'namespaces' ? (parts[1] ?? '') : '';
  const isBelowNamespace = namespace !== '' && parts.length > 2;
  const [resource = '', name = '', ...subresource] = isBelowNamespace ? parts.slice(2) : parts;
  const verb = method === 'GET' && name === '' ? 'list' : (verbs[method] ?? '');
  return { verb, group, resource, subresource: subresource.join('/'), name, namespace };
}

interface Authorization {
  readonly isAllowed: (identity: Identity, action: ReviewedAction) => boolean;
  /** Returns all permissions of a user, for `kubectl auth can-i --list`. */
  readonly describeRules: (identity: Identity) => JsonObject;
}

/**
 * Creates the authorizer of a cluster. It ignores the roles of bindings: a ClusterRoleBinding grants all
 * permissions, and a RoleBinding grants all permissions in its namespace. Users without a binding can
 * only connect and check their own permissions.
 * @param listBindings - returns the current bindings.
 */
export function createAuthorization(listBindings: () => readonly Binding[]): Authorization {
  const isBound = (identity: Identity, actionNamespace: string): boolean =>
    identity.groups.includes(mastersGroup) ||
    listBindings().some(
      ({ metadata: { namespace = actionNamespace }, subjects }) =>
        namespace === actionNamespace && subjects.some((subject) => isSubject(subject, identity)),
    );
  return {
    isAllowed: (identity, action) =>
      isAllowedForAll(identity, action) ||
      isBound(identity, 'path' in action ? '' : action.namespace),
    describeRules: (identity) => (isBound(identity, '') ? allRules : ownReviewRules),
  };
}

function isSubject(
  { kind, name, namespace = '' }: Binding['subjects'][number],
  { username, groups }: Identity,
): boolean {
  if (kind === 'Group') return groups.includes(name);
  return username === (kind === 'User' ? name : formatAccountUser(namespace, name));
}

/** The types of requests that users send to check their own identity and permissions. */
export const reviewTypes = {
  subject: 'selfsubjectreviews',
  access: 'selfsubjectaccessreviews',
  rules: 'selfsubjectrulesreviews',
} as const;

const reviewNames: readonly string[] = Object.values(reviewTypes);

function isAllowedForAll({ groups }: Identity, action: ReviewedAction): boolean {
  const isAuthenticated = groups.includes(authenticatedGroup);
  if ('path' in action) {
    const { verb, path } = action;
    const isDiscovery = isAuthenticated && /^\/apis?(\/|$)/.test(path);
    return verb === 'get' && (path === '/version' || isDiscovery);
  }
  return isAuthenticated && action.verb === 'create' && reviewNames.includes(action.resource);
}

const allRules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

const ownReviewRules = {
  resourceRules: [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: [reviewTypes.access, reviewTypes.rules],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: [reviewTypes.subject] },
  ],
  nonResourceRules: [
    { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/version'] },
  ],
  incomplete: false,
};

/** The protobuf schema of access reviews. */
export const accessReviewSchema: MessageSchema = {
  2: {
    name: 'spec',
    members: {
      1: {
        name: 'resourceAttributes',
        members: { 1: { name: 'namespace' }, 2: { name: 'verb' }, 5: { name: 'resource' } },
      },
      2: { name: 'nonResourceAttributes', members: { 1: { name: 'path' }, 2: { name: 'verb' } } },
    },
  },
};

/**
 * Creates the status of a review: the user's identity (`kubectl auth whoami`), whether an action is allowed
 * (`auth can-i`), or all permissions of the user (`auth can-i --list`).
 * @param type - plural name of the type of the review.
 * @param content - the object in the request.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization/
 */
export function createReviewStatus(
  type: string,
  content: JsonObject,
  identity: Identity,
  { isAllowed, describeRules }: Authorization,
): JsonObject {
  if (type === reviewTypes.subject) return { userInfo: identity };
  if (type === reviewTypes.rules) return describeRules(identity);
  return { allowed: isAllowed(identity, readReviewedAction(content)) };
}

function readReviewedAction({ spec }: JsonObject): ReviewedAction {
  const { resourceAttributes, nonResourceAttributes } = isObject(spec) ? spec : {};
  if (isObject(nonResourceAttributes)) {
    const { verb, path } = nonResourceAttributes;
    return { verb: String(verb), path: String(path) };
  }
  const { verb, resource, namespace = '' } = isObject(resourceAttributes) ? resourceAttributes : {};
  return { verb: String(verb), resource: String(resource), namespace: String(namespace) };
}

/**
 * Returns the identity for the actions of a request. `kubectl --as` sets another user.
 * @throws {ErrorResponse} 403 if the user is not allowed to impersonate other users.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function applyImpersonation(
  identity: Identity,
  { headers }: SandboxRequest,
  { isAllowed }: Authorization,
): Identity {
  const { 'impersonate-user': username = '', 'impersonate-group': groups = '' } = headers;
  if (username === '') return identity;
  const user = { group: '', resource: 'users', subresource: '', name: username, namespace: '' };
  const action = { verb: 'impersonate', ...user };
  if (!isAllowed(identity, action)) throw forbiddenError(identity.username, action);
  return { username, groups: [...groups.split(', ').filter(Boolean), authenticatedGroup] };
}

export function forbiddenError(username: string, action: Action): ErrorResponse {
  return statusError(403, 'Forbidden', describeForbidden(JSON.stringify(username), action));
}

function describeForbidden(user: string, action: Action): string {
  if ('path' in action) {
    return `forbidden: User ${user} cannot ${action.verb} path ${JSON.stringify(action.path)}`;
  }
  const { group, resource, subresource, name, namespace, verb } = action;
  const target = subresource === '' ? resource : `${resource}/${subresource}`;
  const place =
    namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return (
    `${formatReference(group, resource, name)} is forbidden: User ${user} cannot ${verb} ` +
    `resource ${JSON.stringify(target)} in API group ${JSON.stringify(group)} ${place}`
  );
}
