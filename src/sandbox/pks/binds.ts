import { clusterNotFoundError, busyError, type Broker } from '../broker/broker.js';
import type { Cluster } from '../broker/cluster.js';
import { isObject, toList, type JsonObject } from '../json.js';
import {
  formatBindingUrl,
  formatRefusedConnection,
  formatOidcBindingName,
  type ClusterAccess,
} from '../kubernetes/client.js';
import type { KubeAuth, KubernetesClusters, KubernetesEndpoint } from '../kubernetes/clusters.js';
import { ErrorResponse, html, json, type Route } from '../router.js';
import { findChangeableCluster } from './clusters.js';
import { checkScopes, writeScopes, type GuardedRoute } from './guard.js';

/** What the credential routes need in addition to the broker. */
export interface BindSettings {
  readonly clusters: KubernetesClusters;
  readonly access: ClusterAccess;
  readonly kubeAuth: KubeAuth;
  /** The issuer of ID tokens, e.g. `https://localhost:8443/oauth/token`. */
  readonly issuer: string;
  readonly simulateError: SimulateBindsError;
}

interface Recipient {
  readonly userName: string;
  /** Whether the user becomes an administrator of the cluster. */
  readonly bindsRole: boolean;
}

/** Creates the routes that return a kubeconfig. @see docs/contributing/servers/pks-api.md#credentials */
export function createBindRoutes(
  guardedRoute: GuardedRoute,
  broker: Broker,
  settings: BindSettings,
): Route[] {
  const path = '/v1/clusters/:name/binds';
  return [
    guardedRoute('POST', path, writeScopes, async ({ caller, params: { name = '' } }) => {
      const { cluster } = findChangeableCluster(broker, caller, name);
      const recipient = { userName: caller.name, bindsRole: true };
      return json(201, await createKubeconfig(cluster, recipient, broker, settings));
    }),
    guardedRoute('GET', `${path}/:user`, 'anyone', async ({ request, caller, params }) => {
      const { name = '', user = '' } = params;
      const bindsRole = request.query.get('suppressClusterRoleBinding') !== 'true';
      const isOwn = user.toLowerCase() === caller.name.toLowerCase();
      // Users without a `pks.clusters.*` scope may get their own kubeconfig, because it grants no
      // permissions in the cluster. @see docs/contributing/servers/pks-api.md#scopes
      const needsPermission = !isOwn || bindsRole;
      if (needsPermission) checkScopes(caller, writeScopes);
      const cluster = needsPermission
        ? findChangeableCluster(broker, caller, name).cluster
        : broker.findCluster(name);
      if (!cluster) throw clusterNotFoundError(name);
      const recipient = { userName: isOwn ? caller.name : user, bindsRole };
      return json(200, await createKubeconfig(cluster, recipient, broker, settings));
    }),
  ];
}

async function createKubeconfig(
  cluster: Cluster,
  recipient: Recipient,
  broker: Broker,
  { clusters, access, kubeAuth, issuer, simulateError }: BindSettings,
): Promise<JsonObject> {
  checkHasMaster(cluster);
  simulateError(cluster, recipient.userName, recipient);
  const endpoint = await clusters.getEndpoint(cluster);
  const user =
    kubeAuth === 'token'
      ? await createTokenUser(endpoint, recipient, access)
      : await createOidcUser(endpoint, recipient, access, findIssuer(cluster, broker, issuer));
  return formatKubeconfig(cluster.name, endpoint, user);
}

/**
 * Rejects clusters without a Kubernetes API. Credentials are available during updates and upgrades.
 * @throws ErrorResponse 409 during the creation and the deletion; 500 if the creation has failed.
 */
function checkHasMaster({ last_action: action, last_action_state: state }: Cluster): void {
  const isRunning = state === 'queued' || state === 'in progress';
  if (isRunning && (action === 'CREATE' || action === 'DELETE')) throw busyError();
  if (action === 'CREATE' && state === 'failed') {
    throw createBrokerFailure('gathering binding info Could not fetch VMs info');
  }
}

interface UserEntry {
  readonly name: string;
  readonly user: JsonObject;
}

async function createTokenUser(
  endpoint: KubernetesEndpoint,
  { userName, bindsRole }: Recipient,
  access: ClusterAccess,
): Promise<UserEntry> {
  const { name, token } = await access
    .createServiceAccount(endpoint, userName, { isAdmin: bindsRole })
    .catch(throwBindingError);
  return { name, user: { token } };
}

/** The issuer of the ID tokens that a cluster accepts, and the client in their audience. */
interface Issuer {
  readonly url: string;
  readonly clientId: string;
}

/** The entry has no tokens, because the client gets them from the UAA and adds them. */
async function createOidcUser(
  endpoint: KubernetesEndpoint,
  { userName, bindsRole }: Recipient,
  access: ClusterAccess,
  { url, clientId }: Issuer,
): Promise<UserEntry> {
  if (bindsRole) await access.bindUser(endpoint, userName).catch(throwBindingError);
  const config = {
    'client-id': clientId,
    // kubectl ignores this name, but the real PKS API uses it.
    // @see docs/contributing/servers/kubernetes.md#kubeconfig-entries
    cluster_client_secret: '',
    'idp-issuer-url': url,
  };
  return { name: userName, user: { 'auth-provider': { name: 'oidc', config } } };
}

function throwBindingError(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw createBrokerFailure(`Create Binding: ${message}`);
}

/** Reads the issuer from the cluster's Kubernetes profile; default: the UAA. */
function findIssuer(
  { kubernetes_profile_name: profileName }: Cluster,
  { profiles }: Broker,
  issuer: string,
): Issuer {
  const profile = profileName ? profiles.get('kubernetes', profileName) : undefined;
  const components = toList(profile?.content['customizations']).filter(isObject);
  const flags = components.find(({ component }) => component === 'kube-apiserver')?.['arguments'];
  const { 'oidc-issuer-url': url = issuer, 'oidc-client-id': clientId = 'pks_cluster_client' } =
    isObject(flags) ? flags : {};
  return { url: String(url), clientId: String(clientId) };
}

/** @see docs/contributing/servers/pks-api.md#credentials */
function formatKubeconfig(
  name: string,
  { server, ca }: KubernetesEndpoint,
  user: UserEntry,
): JsonObject {
  const certificateAuthority = Buffer.from(ca).toString('base64');
  return {
    preferences: {},
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ context: { cluster: name, user: user.name }, name }],
    clusters: [{ name, cluster: { 'certificate-authority-data': certificateAuthority, server } }],
    users: [user],
  };
}

/**
 * A simulated failure of requests for credentials. `busy`: the broker rejects two of three requests
 * for a cluster. `refused`: the cluster refuses the connection. `bad-gateway`: a load balancer rejects
 * the response.
 * @see docs/contributing/servers/kubernetes.md#failures
 */
export type BindsErrorKind = 'busy' | 'refused' | 'bad-gateway';

/** Throws the simulated error response if this request is to fail. */
type SimulateBindsError = (
  cluster: Cluster,
  userName: string,
  options: { readonly bindsRole: boolean },
) => void;

const busyResponses = 2;

/** @param kind - undefined for no failure. */
export function createBindsErrorSimulation(kind: BindsErrorKind | undefined): SimulateBindsError {
  const busyCounts = new Map<string, number>();

  function rejectAsBusy({ uuid }: Cluster): void {
    const count = busyCounts.get(uuid) ?? 0;
    busyCounts.set(uuid, (count + 1) % (busyResponses + 1));
    if (count < busyResponses) throw busyError();
  }

  return (cluster, userName, { bindsRole }) => {
    if (kind === 'bad-gateway') throw new ErrorResponse(html(502, badGatewayPage));
    if (kind === 'busy') rejectAsBusy(cluster);
    if (kind === 'refused' && bindsRole) throw refusedError(cluster, userName);
  };
}

function refusedError({ kubernetes_master_ips: ips }: Cluster, userName: string): ErrorResponse {
  const address = `${ips[0] ?? '10.0.0.1'}:8443`;
  const url = formatBindingUrl(`https://${address}`, formatOidcBindingName(userName));
  return createBrokerFailure(`Create Binding: Put ${url}: ${formatRefusedConnection(address)}`);
}

/** The error page of a load balancer that limits the size of response headers. */
const badGatewayPage = '<html><head><title>502 Bad Gateway</title></head></html>';

/**
 * Creates the response of the API to a request that failed in the broker.
 * @see docs/contributing/servers/pks-api.md#errors
 */
function createBrokerFailure(description: string): ErrorResponse {
  const details = `Status: 500; ErrorMessage: <nil>; Description: ${description}`;
  return new ErrorResponse(json(500, { body: `${details}; ResponseError: <nil>` }));
}
