import type { SandboxRequest } from '../../router.js';

/** A request for a resource, e.g. for `/api/v1/namespaces/default/pods`. */
export interface ResourceRequest {
  readonly isResource: true;
  /** Verb for the authorization: `get`, `list`, `watch`, `create`, ... */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Empty if the request is not limited to a namespace. */
  readonly namespace: string;
  readonly resource: string;
  /** The path after the name, e.g. `token`; empty for requests without a subresource. */
  readonly subresource: string;
  /** Empty for requests for a collection. */
  readonly name: string;
}

/** A request for a path that does not belong to a resource, e.g. `/version`. */
export interface PathRequest {
  readonly isResource: false;
  /** The HTTP method in lower case. */
  readonly verb: string;
  /** Percent-decoded. */
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

const verbs: Readonly<Record<string, string>> = {
  ...{ POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' },
};

/** Path segments after a namespace name that are subresources of the namespace itself. */
const namespaceSubresources = ['status', 'finalize'];

/**
 * Determines the resource and the verb of a request, by the rules of a real API server. They decide which
 * permission is required and how errors are worded.
 *
 * @returns undefined if the percent-encoding of the path is invalid.
 * @see https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/request/requestinfo.go
 */
export function parseRequestInfo({ method, path, query }: SandboxRequest): RequestInfo | undefined {
  const decodedPath = decodePath(path);
  if (decodedPath === undefined) return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  const [prefix = '', ...rest] = parts.map((part) => decodeURIComponent(part));
  const hasGroup = prefix === 'apis';
  const minimumParts = hasGroup ? 3 : 2;
  if (!['api', 'apis'].includes(prefix) || rest.length < minimumParts) {
    return { isResource: false, verb: method.toLowerCase(), path: decodedPath };
  }
  const [group = '', version = '', ...afterVersion] = hasGroup ? rest : ['', ...rest];
  const isOldWatch = afterVersion[0] === 'watch' && afterVersion.length > 1;
  const target = parseTarget(isOldWatch ? afterVersion.slice(1) : afterVersion);
  const verb = isOldWatch ? 'watch' : refineVerb(verbs[method] ?? '', target.name, query);
  return { isResource: true, verb, group, version, ...target };
}

type Target = Pick<ResourceRequest, 'namespace' | 'resource' | 'name' | 'subresource'>;

function parseTarget(parts: readonly string[]): Target {
  const isInNamespace = parts[0] === 'namespaces' && parts.length > 1;
  const namespace = isInNamespace ? (parts[1] ?? '') : '';
  const isBelowNamespace =
    isInNamespace && parts.length > 2 && !namespaceSubresources.includes(parts[2] ?? '');
  const [resource = '', name = '', ...subresource] = isBelowNamespace ? parts.slice(2) : parts;
  return { namespace, resource, name, subresource: subresource.join('/') };
}

function refineVerb(verb: string, name: string, query: URLSearchParams): string {
  if (name !== '') return verb;
  if (verb === 'delete') return 'deletecollection';
  if (verb !== 'get') return verb;
  const watch = query.get('watch');
  return watch === null || /^(0|f|false)$/i.test(watch) ? 'list' : 'watch';
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
