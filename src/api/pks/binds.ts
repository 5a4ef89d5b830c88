import * as v from 'valibot';
import type { Clock } from '../../base/clock.js';
import { isTpksError, rewordError, type TpksError } from '../../base/errors.js';
import { defaultPorts, manageScope } from '../../base/pks-conventions.js';
import { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { type ApiClient, validateSegment } from '../client/api-client.js';
import { createPksResource } from './pks-api.js';

/** How users of a cluster log in. */
export type ClusterLogin =
  /** The token of a service account, which does not expire. */
  | { readonly kind: 'token'; readonly token: Secret }
  /** ID tokens of the issuer; `undefined` if the API does not name it. */
  | { readonly kind: 'oidc'; readonly issuer: string | undefined };

/** The kubeconfig that the API creates for a cluster. It contains no ID token. */
export interface Bind {
  readonly cluster: string;
  /** URL of the Kubernetes API. */
  readonly server: string;
  /** CA of the Kubernetes API, base64 of PEM. */
  readonly certificateAuthorityData: string | undefined;
  readonly userName: string;
  readonly login: ClusterLogin;
}

export interface BindsDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly note: (text: string) => void;
}

const text = v.nullish(v.string());

const kubeconfigType = {
  noun: 'kubeconfig',
  schema: v.looseObject({
    clusters: v.pipe(
      v.array(
        v.looseObject({
          cluster: v.looseObject({
            server: v.pipe(v.string(), v.regex(/^https:\/\//, 'Expected a URL with https')),
            'certificate-authority-data': text,
          }),
        }),
      ),
      v.minLength(1),
    ),
    users: v.pipe(
      v.array(
        v.looseObject({
          name: v.string(),
          user: v.looseObject({
            token: text,
            'auth-provider': v.nullish(
              v.looseObject({ config: v.nullish(v.looseObject({ 'idp-issuer-url': text })) }),
            ),
          }),
        }),
      ),
      v.minLength(1),
    ),
  }),
};

type Kubeconfig = v.InferInput<typeof kubeconfigType.schema>;

const clusterType = {
  route: 'clusters',
  nameKind: 'clusters' as const,
  noun: 'cluster',
  schema: v.looseObject({}),
};

/** @throws {TpksError} `usage` for a name that no cluster can have. */
export function validateClusterName(cluster: string): void {
  validateSegment(cluster, 'cluster name');
}

export type Binds = ReturnType<typeof createBinds>;

/**
 * Credentials for clusters. @see docs/contributing/servers/pks-api.md#credentials
 * @param send - adds the token to requests; throws unless the status is a success.
 */
export function createBinds(send: Send, origin: string, deps: BindsDeps) {
  const { api, explainNotFound } = createPksResource(send, origin, clusterType);
  const request = async (
    cluster: string,
    sendRequest: () => Promise<Kubeconfig>,
    forbiddenHint: string,
  ): Promise<Bind> => {
    validateClusterName(cluster);
    const sendOnce = () => explainNotFound(cluster, sendRequest());
    try {
      return toBind(cluster, await retryWhileBusy(cluster, sendOnce, deps), api);
    } catch (error) {
      throw explainBindError(error, cluster, forbiddenHint);
    }
  };
  const { hostname, port } = new URL(origin);
  const host = port === defaultPorts.api ? hostname : origin;
  return {
    /**
     * Binds the user to the cluster's administrator role, and returns the kubeconfig.
     * @throws {TpksError} `notFound`; `forbidden` unless the user owns the cluster or is an administrator;
     *   `unavailable` if the broker cannot reach the cluster, or is still busy after three more attempts.
     */
    create: (cluster: string) =>
      request(
        cluster,
        () => api.write(kubeconfigType, 'POST', ['clusters', cluster, 'binds']),
        `only the owner of a cluster and administrators can use get-credentials; if you have been given a role in the cluster: tpks get-kubeconfig ${quoteForShell(cluster)} -a ${host} -u USER`,
      ),
    /** Returns the kubeconfig for a user, without creating a role binding. Throws the same errors as `create`. */
    find: (cluster: string, user: string) =>
      request(
        cluster,
        () =>
          api.get(kubeconfigType, ['clusters', cluster, 'binds', user], {
            query: { suppressClusterRoleBinding: 'true' },
          }),
        `if this installation requires a scope for get-kubeconfig, ask an administrator for ${manageScope}`,
      ),
  };
}

const maximumRetries = 3;
const pauseSeconds = 10;

/**
 * The broker handles only one request for a cluster at a time.
 * @see docs/contributing/servers/kubernetes.md#failures
 */
async function retryWhileBusy<T>(
  cluster: string,
  send: () => Promise<T>,
  { clock, note }: BindsDeps,
): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await send();
    } catch (error) {
      if (retries === maximumRetries || !isBusy(error)) throw error;
      note(
        `The broker is processing another request for cluster ${cluster}. Trying again in ${String(pauseSeconds)} s (${String(retries + 1)} of ${String(maximumRetries)}) ...`,
      );
      await clock.sleep(pauseSeconds * 1000);
    }
  }
}

function isBusy(error: unknown): boolean {
  return isTpksError(error) && /od-broker is processing/i.test(error.message);
}

/**
 * Adds hints to the known failures of the broker and the API.
 * @see docs/contributing/servers/kubernetes.md#failures
 */
function explainBindError(error: unknown, cluster: string, forbiddenHint: string): unknown {
  if (!isTpksError(error)) return error;
  const hint = findHint(error, cluster, forbiddenHint);
  return hint === undefined ? error : rewordError(error, { hint });
}

function findHint(error: TpksError, cluster: string, forbiddenHint: string): string | undefined {
  if (error.kind === 'forbidden') return forbiddenHint;
  const name = quoteForShell(cluster);
  if (isBusy(error)) {
    return `wait for the other operation, then run the command again: tpks wait ${name}`;
  }
  if (isClusterUnreachable(error)) {
    return `the broker cannot reach the Kubernetes API of ${cluster}; check that the external hostname resolves to the address of the master, and that the master is running: tpks cluster ${name}`;
  }
  if (error.status !== 502) return undefined;
  return 'a load balancer may have rejected the large response headers; ask its operator to increase the limit for response headers, or use an API address that bypasses it';
}

function isClusterUnreachable({ message }: TpksError): boolean {
  return (
    message.includes('Create Binding:') &&
    /connection refused|no such host|no route to host|i\/o timeout/.test(message)
  );
}

function toBind(cluster: string, { clusters, users }: Kubeconfig, api: ApiClient): Bind {
  // The schema rejects empty lists.
  const [clusterEntry] = clusters;
  const [userEntry] = users;
  if (clusterEntry === undefined || userEntry === undefined) {
    throw api.malformed('kubeconfig', 'it has no cluster or no user');
  }
  const { server, 'certificate-authority-data': certificate } = clusterEntry.cluster;
  const malformed = (problem: string) => api.malformed('kubeconfig', problem);
  if (!isPlainUrl(server)) throw malformed('the server is not a URL');
  const certificateAuthorityData = certificate?.replace(/[\r\n]/g, '');
  // kubectl cannot load a kubeconfig if any of its certificates is not base64.
  if (!isBase64(certificateAuthorityData ?? '')) throw malformed('the CA is not base64');
  const { name: userName, user } = userEntry;
  if (userName === '' || /\p{Cc}/u.test(userName)) {
    throw malformed('the name of the user is empty or has control characters');
  }
  return { cluster, server, certificateAuthorityData, userName, login: toLogin(user, api) };
}

function isPlainUrl(text: string): boolean {
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(text);
}

type UserEntry = Kubeconfig['users'][number]['user'];

function toLogin({ token, 'auth-provider': provider }: UserEntry, api: ApiClient): ClusterLogin {
  if (token) {
    // The token is sent in a header.
    if (!/^[!-~]+$/.test(token)) throw api.malformed('kubeconfig', 'the token is not ASCII text');
    return { kind: 'token', token: new Secret(token) };
  }
  if (!provider) throw api.malformed('kubeconfig', 'the user has neither token nor auth-provider');
  return { kind: 'oidc', issuer: provider.config?.['idp-issuer-url'] || undefined };
}
