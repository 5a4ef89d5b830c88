import type { PlanDefinition } from '../broker/plans.js';
import type { Profile, ProfileKind } from '../broker/profiles.js';
import type { Quota } from '../broker/quotas.js';
import type { Instance } from '../broker/state.js';
import type { TaskInfo } from '../broker/tasks.js';
import { isObject, parseJson, type JsonObject } from '../body.js';
import { ErrorResponse, json } from '../router.js';
import { basicAuthorization, type HttpClient, type HttpRequest } from '../http-client.js';

/** A task with its owner. */
export interface OwnedTask {
  readonly owner: string;
  readonly task: TaskInfo;
}

/**
 * Sends the API's requests to the broker. A function returns undefined if the name is unknown, and
 * throws an {@link ErrorResponse} with the broker's description if the broker rejects the request.
 */
export type BrokerClient = ReturnType<typeof createBrokerClient>;

export function createBrokerClient(
  http: HttpClient,
  { username, password }: { readonly username: string; readonly password: string },
) {
  const headers = {
    authorization: basicAuthorization(username, password),
    accept: 'application/json',
    'content-type': 'application/json',
  };

  async function sendRequest(
    method: HttpRequest['method'],
    path: string,
    content?: JsonObject,
  ): Promise<unknown> {
    const requestBody = content && JSON.stringify(content);
    const { status, body } = await http.send({ method, path, headers, body: requestBody });
    if (status >= 200 && status < 300) return JSON.parse(body) as unknown;
    if (status === 404) return undefined;
    throw brokerRequestError(status, body);
  }

  const formatPath = (...names: string[]) =>
    names.map((name) => `/${encodeURIComponent(name)}`).join('');
  const get = (...names: string[]) => sendRequest('GET', formatPath(...names));
  const remove = (...names: string[]) => sendRequest('DELETE', formatPath(...names));

  return {
    plans: () => get('plans') as Promise<readonly PlanDefinition[]>,

    clusters: () => get('clusters') as Promise<readonly Instance[]>,
    cluster: (name: string) => get('clusters', name) as Promise<Instance | undefined>,
    createCluster: (request: JsonObject) =>
      sendRequest('POST', '/clusters', request) as Promise<Instance>,
    updateCluster: (name: string, change: JsonObject) =>
      sendRequest('PATCH', formatPath('clusters', name), change),
    deleteCluster: (name: string) => remove('clusters', name),

    /** Latest first. */
    tasks: () => get('tasks') as Promise<readonly OwnedTask[]>,
    task: (uuid: string) => get('tasks', uuid) as Promise<OwnedTask | undefined>,
    upgrade: (request: JsonObject) => sendRequest('POST', '/tasks', request) as Promise<OwnedTask>,
    /** Clusters whose upgrade has not started are not upgraded. */
    cancelTask: (uuid: string) => remove('tasks', uuid) as Promise<OwnedTask | undefined>,

    profiles: (kind: ProfileKind) => get('profiles', kind) as Promise<readonly Profile[]>,
    profile: (kind: ProfileKind, name: string) =>
      get('profiles', kind, name) as Promise<Profile | undefined>,
    createProfile: (kind: ProfileKind, profile: JsonObject) =>
      sendRequest('POST', formatPath('profiles', kind), profile),
    deleteProfile: (kind: ProfileKind, name: string) => remove('profiles', kind, name),

    quotas: () => get('quotas') as Promise<readonly Quota[]>,
    quota: (owner: string) => get('quotas', owner) as Promise<Quota | undefined>,
    putQuota: ({ owner, limit }: Quota) => sendRequest('PUT', formatPath('quotas', owner), limit),
    deleteQuota: (owner: string) => remove('quotas', owner),
  };
}

function brokerRequestError(status: number, body: string): ErrorResponse {
  const value = parseJson(body);
  const found = isObject(value) ? value['description'] : undefined;
  const description = typeof found === 'string' ? found : body;
  if (status < 500) return new ErrorResponse(json(status, { body: description }));
  return createBrokerFailure(description, status);
}

/**
 * Creates the response of the API to a request that failed in the broker.
 *
 * @param status - status of the broker's response.
 * @see pks-api, section 11
 */
export function createBrokerFailure(description: string, status = 500): ErrorResponse {
  const details = `Status: ${String(status)}; ErrorMessage: <nil>; Description: ${description}`;
  return new ErrorResponse(json(500, { body: `${details}; ResponseError: <nil>` }));
}
