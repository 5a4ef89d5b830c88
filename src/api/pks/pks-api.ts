import { TpksError } from '../../base/errors.js';
import { getOwnValue, isObject, tryParseJson } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import { maximumListBytes } from '../../platform/http/response.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';
import {
  isSuccess,
  toPlainStatusError,
  toRedirectError,
  type Explain,
  type Failure,
} from '../client/api-error.js';

/** The ports of an installation whose address has no port. */
export const defaultPorts = { api: '9021', uaa: '8443' } as const;

/** The names of all scopes of the PKS API start with this name and a dot. */
export const pksScopeFamily = 'pks.clusters';

/** The scope of users who create clusters. */
export const manageScope = 'pks.clusters.manage';
const adminScope = 'pks.clusters.admin';
const adminReadScope = 'pks.clusters.admin.read';

/** The scopes that allow something; one of them is enough. @see pks-api, section 4 */
export const pksScopes = {
  read: [manageScope, adminScope, adminReadScope],
  /** Changes of the identity's own resources. */
  write: [manageScope, adminScope],
  /** Changes of profiles and quotas. */
  administer: [adminScope],
  /** Reads of the clusters of all users. */
  readAll: [adminScope, adminReadScope],
} as const;

interface ProbeInput {
  /** Origin of the API. */
  readonly api: string;
  /** The owner of the token, a user or a client, for messages. */
  readonly identity: string;
  readonly isClient: boolean;
}

/**
 * Checks that a PKS API responds at the address and accepts the token.
 * @param send - adds the token to requests.
 * @throws {TpksError} `unauthenticated` if the API rejects the token; `forbidden` if the token has no
 *   scope for the API; `unavailable` for a server error, or if the server is not a PKS API.
 * @see pks-cli, section 3.1 and 15 (7)
 */
export async function probeApi(send: Send, input: ProbeInput): Promise<void> {
  const { api } = input;
  const info = { method: 'HEAD', url: `${api}/actuator/info`, headers: acceptsJson };
  const response = await send(info);
  throwOnFailure(response, info.url, input);
  if (isSuccess(response) && isActuatorType(response)) return;
  // Any server may respond with 200, and old APIs have no actuator. Only a PKS API lists clusters.
  const list = { method: 'GET', url: `${api}/v1/clusters`, headers: acceptsJson };
  const clusters = await send(list);
  throwOnFailure(clusters, list.url, input);
  if (isSuccess(clusters) && (await isListOfObjects(clusters))) return;
  throw new TpksError('unavailable', `${new URL(api).host} does not respond like a PKS API`, {
    status: clusters.status,
    hint: 'check the host and the port of the API, as in: tpks login -a api.example.com',
  });
}

const acceptsJson = { accept: 'application/json' };

function throwOnFailure(response: HttpResponse, url: string, input: ProbeInput): void {
  const { status } = response;
  if (status < 400 && !isSuccess(response)) throw toRedirectError({ url }, response);
  if (status >= 500) throw toPlainStatusError({ url }, response);
  if (status === 401) {
    throw new TpksError('unauthenticated', `The API at ${input.api} rejected the token`, {
      status,
      hint: 'check that the UAA of the installation issued it: tpks status --offline',
    });
  }
  if (status === 403) throw forbiddenError(input);
}

function forbiddenError({ api, identity, isClient }: ProbeInput): TpksError {
  const name = quoteForShell(identity);
  const command = isClient
    ? `tpks uaa client update ${name} --authorities ${manageScope}`
    : `tpks uaa member add ${manageScope} ${name}`;
  return new TpksError(
    'forbidden',
    `${identity} has no scope that allows access to the API at ${api}`,
    { status: 403, hint: `an administrator can grant one: ${command}` },
  );
}

/** @see pks-api, section 1 */
function isActuatorType({ headers }: HttpResponse): boolean {
  return /^application\/vnd\.spring-boot\.actuator\b/.test(headers['content-type'] ?? '');
}

async function isListOfObjects(response: HttpResponse): Promise<boolean> {
  const list = tryParseJson(await response.text(maximumListBytes));
  return Array.isArray(list) && list.every(isObject);
}

/**
 * Converts failures of the PKS API to errors with the messages of the `pks` CLI.
 * @param loginCommand - the hint if the API rejects the token.
 * @see pks-cli, section 13
 */
export const explainPksFailure =
  (loginCommand: string): Explain =>
  (failure) => {
    const { request, status } = failure;
    if (status === 401) {
      return new TpksError('unauthenticated', notAuthenticatedMessage, {
        status,
        hint: loginCommand,
      });
    }
    if (status === 403) {
      return new TpksError(
        'forbidden',
        'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        {
          status,
          hint: 'run tpks status to show your scopes; an exhausted quota causes the same error',
        },
      );
    }
    if (status >= 500) {
      return new TpksError('unavailable', formatServerError(failure), {
        status,
        hint: 'try again later; if the error persists, contact the operator of the installation',
        host: new URL(request.url).host,
      });
    }
    return explainUnknownRoute(failure) ?? explainUnknownField(failure);
  };

/** Returns broker messages unchanged, and adds the prefix of the `pks` CLI to all other messages. */
function formatServerError({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

/** The routes that were added after PKS 1.1, by their first segment under `/v1`. @see pks-cli, section 1.1; pks-api, section 1 */
const addedRoutes: Readonly<Record<string, AddedRoute>> = {
  clusterdetails: { feature: 'cluster details', release: '1.4' },
  'compute-profiles': { feature: 'compute profiles', release: '1.6' },
  'kubernetes-profiles': { feature: 'Kubernetes profiles', release: '1.7' },
  'network-profiles': { feature: 'network profiles', release: '1.2' },
  quotas: { feature: 'quotas', release: '1.6' },
  tasks: { feature: 'tasks', release: '1.6' },
  upgradable: { feature: 'cluster upgrades', release: '1.5' },
  usages: { feature: 'usages', release: '1.6' },
};

interface AddedRoute {
  readonly feature: string;
  readonly release: string;
}

/**
 * Explains that the server does not have a route, and which release added it.
 *
 * @returns `undefined` for other failures, e.g. a missing resource, which the API reports with a
 *   `body` field.
 */
function explainUnknownRoute({ request, status, message, body }: Failure): TpksError | undefined {
  const isUnknown = status === 405 || (status === 404 && isContainerError(body));
  const [, route = ''] = /\/v1\/([^/?]+)/.exec(request.url) ?? [];
  const added = getOwnValue(addedRoutes, route);
  if (!isUnknown || added === undefined) return undefined;
  const { feature, release } = added;
  return new TpksError('failed', `The PKS API does not support ${feature}: ${message}`, {
    status,
    hint: `the server may be too old: PKS ${release} added this route`,
  });
}

/** Explains that the server does not support a field of compute profiles. @see pks-cli, section 1.1 */
function explainUnknownField({ status, message }: Failure): TpksError | undefined {
  if (status !== 400 || !message.includes('"cluster_customization"')) return undefined;
  return new TpksError('failed', message, {
    status,
    hint: 'the server may be too old: TKGI 1.9 added cluster_customization',
  });
}

/** Whether an error comes from the servlet container, not from the API. */
function isContainerError(body: unknown): boolean {
  return isObject(body) && typeof body['path'] === 'string' && body['body'] === undefined;
}
