import * as v from 'valibot';
import { createApiClient, createPageReader } from '../../api/client/api-client.js';
import type { Explain } from '../../api/client/api-error.js';
import { mapInParallel } from '../../api/client/in-parallel.js';
import type { Bind, Binds } from '../../api/pks/binds.js';
import type { Cluster, Clusters } from '../../api/pks/clusters.js';
import {
  isTpksError,
  messageWithHint,
  rewordError,
  TpksError,
  type ErrorKind,
} from '../../base/errors.js';
import { redact, type Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send, Trust } from '../../platform/http/send.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import type { Context } from '../contexts/context.js';
import { apiOf, formatInstallationOptions } from '../contexts/installation.js';
import type { KubernetesSessions, SelectedSession } from '../kube/sessions.js';
import { formatNameAtHost, isSameIssuer } from '../kube/user-entry.js';
import type { ReviewedCluster, RoleBinding } from './report.js';

/** The role bindings that give rights in a cluster to users and groups of the UAA. */
export interface ClusterBindings extends ReviewedCluster {
  readonly userBindings: readonly UserBinding[];
}

interface UserBinding extends RoleBinding {
  readonly user: string;
  /** Whether deleting the binding takes rights from others too. */
  readonly hasOtherSubjects: boolean;
}

export interface RoleBindingsDeps {
  /** Of the installation of the context, with its token. */
  readonly clusters: Pick<Clusters, 'list'>;
  readonly binds: Pick<Binds, 'find'>;
  readonly sessions: Pick<KubernetesSessions, 'find' | 'select'>;
  /** Sends to a Kubernetes API. Throws for every status other than 2xx. */
  readonly connect: (
    target: Trust,
    options: { readonly auth: Secret; readonly explain: Explain },
  ) => Send;
}

/**
 * Reads the role bindings of all clusters of an installation. For a cluster that cannot be read, the result
 * contains the reason.
 * @throws {TpksError} the errors of the list of clusters.
 */
export async function readRoleBindings(
  context: Context,
  deps: RoleBindingsDeps,
): Promise<readonly ClusterBindings[]> {
  const clusters = await deps.clusters.list();
  try {
    const session = await findSession(context, deps);
    // Renews the token once, before all clusters need it.
    await session.token();
    return await mapInParallel(clusters, (cluster) => readCluster(cluster, session, deps));
  } catch (error) {
    // All clusters need the session.
    if (!isTpksError(error)) throw error;
    return clusters.map(({ name }) => unreadCluster(name, messageWithHint(error)));
  }
}

/** Finds the session that `get-credentials` or `get-kubeconfig` has stored for the user of a context. */
async function findSession(
  context: Context,
  { sessions }: RoleBindingsDeps,
): Promise<SelectedSession> {
  const { name, identity, grant, store, uaa } = context;
  const api = apiOf(context);
  if (grant === 'client_credentials' || grant === 'jwt_bearer') {
    throw new TpksError(
      'failed',
      `The UAA issues no tokens for clusters to clients or CI jobs such as ${identity}`,
      { hint: `log in as a user: tpks login ${formatInstallationOptions({ api, uaa })} -u USER` },
    );
  }
  for (const sessionName of [name, formatNameAtHost(identity, api)]) {
    const session = await sessions.find(sessionName);
    const isOwn =
      session?.api === api &&
      session.uaa === uaa &&
      session.identity.toLowerCase() === identity.toLowerCase();
    if (isOwn) return sessions.select(sessionName);
  }
  const option = store === 'none' ? '' : ` --context ${quoteForShell(name)}`;
  throw new TpksError('unauthenticated', `There is no Kubernetes session of ${identity}`, {
    hint: `tpks get-credentials CLUSTER${option}`,
  });
}

async function readCluster(
  cluster: Cluster,
  { identity, token }: SelectedSession,
  { binds, connect }: RoleBindingsDeps,
): Promise<ClusterBindings> {
  const { name } = cluster;
  const stateProblem = describeState(cluster);
  if (stateProblem !== undefined) return unreadCluster(name, stateProblem);
  try {
    const noCredentials = `The PKS API returned no credentials for the cluster to ${identity}`;
    const bind = await binds
      .find(name, identity)
      .catch(withReasons({ forbidden: noCredentials, notFound: noCredentials }));
    const { idToken } = await token();
    const loginProblem = describeLogin(bind, idToken);
    if (loginProblem !== undefined) return unreadCluster(name, loginProblem);
    const { server, certificateAuthorityData: ca } = bind;
    const caCert = ca ? Buffer.from(ca, 'base64').toString() : undefined;
    // As in kubeconfig entries, `-k` does not apply to clusters.
    const trust = { caCert, skipTlsVerification: false };
    const send = connect(trust, { auth: idToken, explain: () => undefined });
    const bindings = await listBindings(send, server).catch(
      withReasons({
        unauthenticated: `The cluster rejected the ID token of ${identity}`,
        forbidden: `${identity} is not allowed to list clusterrolebindings and rolebindings in the cluster`,
      }),
    );
    return { name, ...selectSubjects(name, bindings) };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return unreadCluster(name, redact(error.message));
  }
}

function unreadCluster(name: string, problem: string): ClusterBindings {
  return { name, problem, userBindings: [], groupBindings: [] };
}

/** Replaces the messages of errors of some kinds. */
function withReasons(reasons: Readonly<Partial<Record<ErrorKind, string>>>) {
  return (error: unknown): never => {
    if (!isTpksError(error)) throw error;
    throw rewordError(error, { message: reasons[error.kind] ?? error.message });
  };
}

/** Says why a cluster has no Kubernetes API; `undefined` if it has one. */
function describeState({
  last_action: action,
  last_action_state: state,
}: Cluster): string | undefined {
  if (action === 'CREATE' && state === 'failed') return 'The creation of the cluster has failed';
  if (state !== 'in progress' && state !== 'queued') return undefined;
  if (action === 'CREATE') return 'The cluster is still being created';
  return action === 'DELETE' ? 'The cluster is being deleted' : undefined;
}

/** Says why a cluster does not accept tokens of the UAA; `undefined` if it does. */
function describeLogin({ login }: Bind, idToken: Secret): string | undefined {
  if (login.kind === 'token') {
    return 'The cluster does not use OpenID Connect, so it has no role bindings of UAA users';
  }
  const { issuer } = login;
  const ownIssuer = readTextClaim(readClaims(idToken), 'iss');
  if (issuer === undefined || isSameIssuer(issuer, ownIssuer)) return undefined;
  return `The cluster accepts only tokens of ${issuer}, not of the UAA`;
}

const listType = {
  noun: 'list',
  schema: v.looseObject({
    metadata: v.nullish(v.looseObject({ continue: v.nullish(v.string()) })),
    items: v.array(
      v.looseObject({
        metadata: v.looseObject({ name: v.string(), namespace: v.nullish(v.string()) }),
        roleRef: v.looseObject({ kind: v.string(), name: v.string() }),
        subjects: v.nullish(v.array(v.looseObject({ kind: v.string(), name: v.string() }))),
      }),
    ),
  }),
};

type ListedBinding = v.InferInput<typeof listType.schema>['items'][number];

/** @see docs/contributing/servers/kubernetes.md#role-bindings */
async function listBindings(send: Send, server: string): Promise<readonly ListedBinding[]> {
  const api = createApiClient(send, {
    name: 'Kubernetes API',
    baseUrl: `${server.replace(/\/+$/, '')}/apis/rbac.authorization.k8s.io/v1`,
    malformedHint: 'check that the server of the cluster is a Kubernetes API',
  });
  const readPage = createPageReader(api, listType);
  const found: ListedBinding[] = [];
  for (const resource of ['clusterrolebindings', 'rolebindings']) {
    let next: string | undefined;
    do {
      const query = { limit: '500', ...(next ? { continue: next } : {}) };
      const { items, metadata } = await readPage(await api.request([resource], { query }));
      for (const item of items) found.push(item);
      next = metadata?.continue ?? undefined;
    } while (next);
  }
  return found;
}

/** The prefix of users and groups of the UAA. @see docs/contributing/servers/kubernetes.md#api-server */
const prefix = 'oidc:';

function selectSubjects(cluster: string, bindings: readonly ListedBinding[]) {
  const userBindings: UserBinding[] = [];
  const groupBindings: ClusterBindings['groupBindings'][number][] = [];
  for (const { metadata, roleRef, subjects } of bindings) {
    const { name, namespace = null } = metadata;
    const binding = { cluster, namespace, name, role: `${roleRef.kind} ${roleRef.name}` };
    const hasOtherSubjects = (subjects ?? []).length > 1;
    for (const subject of subjects ?? []) {
      if (!subject.name.startsWith(prefix)) continue;
      const subjectName = subject.name.slice(prefix.length);
      if (subject.kind === 'User') {
        userBindings.push({ user: subjectName, ...binding, hasOtherSubjects });
      }
      if (subject.kind === 'Group') groupBindings.push({ group: subjectName, ...binding });
    }
  }
  return { userBindings, groupBindings };
}
