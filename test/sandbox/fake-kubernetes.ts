import { isObject, parseJson, type JsonObject } from '../../src/sandbox/json.js';
import type { KubernetesEndpoint } from '../../src/sandbox/kubernetes/clusters.js';
import { listen } from '../../src/sandbox/listen.js';
import { json, type SandboxRequest, type SandboxResponse } from '../../src/sandbox/router.js';
import { addCleanup } from './running-sandbox.js';

/** A request to the fake API, e.g. `POST /api/v1/namespaces/default/serviceaccounts`. */
export interface ReceivedRequest {
  readonly line: string;
  readonly body: unknown;
}

export interface FakeKubernetes extends KubernetesEndpoint {
  readonly requests: ReceivedRequest[];
  /** A response to all requests; undefined to create objects. */
  override: SandboxResponse | undefined;
}

/**
 * Starts an API server without TLS that creates objects and allows everything. Like the real one, it rejects POST requests for objects
 * that exist with 409.
 */
export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const names = new Set<string>();
  const requests: ReceivedRequest[] = [];
  const respond = ({ method, path, headers, body }: SandboxRequest): SandboxResponse => {
    const value = parseJson(body);
    const isReview = path.endsWith('/selfsubjectaccessreviews');
    if (!isReview) requests.push({ line: `${method} ${path}`, body: value });
    if (headers['authorization'] !== 'Bearer admin-token')
      return json(401, failure('Unauthorized'));
    if (fake.override) return fake.override;
    if (isReview) return json(201, { status: { allowed: true } });
    if (method === 'PUT') return json(200, value);
    const account = /\/serviceaccounts\/([^/]+)\/token$/.exec(path)?.[1];
    if (account !== undefined) return json(201, { status: { token: `token of ${account}` } });
    const metadata = isObject(value) ? value['metadata'] : undefined;
    const key = `${path}/${String(isObject(metadata) ? metadata['name'] : undefined)}`;
    if (names.has(key)) return json(409, failure(`"${key}" already exists`));
    names.add(key);
    return json(201, value);
  };
  const server = await listen({
    port: 0,
    now: Date.now,
    createService: () => ({ handle: async (request) => respond(request) }),
  });
  addCleanup(server.close);
  const endpoint = {
    server: server.origin,
    ca: 'the CA of the cluster',
    adminToken: 'admin-token',
  };
  const fake: FakeKubernetes = { ...endpoint, requests, override: undefined };
  return fake;
}

/** The body of an error response of a Kubernetes API. */
export function failure(message: string): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message };
}
