import * as v from 'valibot';
import { createApiClient, createPageReader } from '../../api/client/api-client.js';
import type { Explain } from '../../api/client/api-error.js';
import { mapInParallel } from '../../base/in-parallel.js';
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
import { canHaveIdToken, type Context } from '../contexts/context.js';
import { apiOf, formatInstallationOptions } from '../contexts/installation.js';
import { describeStateProblem } from '../kube/cluster-state.js';
import type { KubernetesSessions, SelectedSession } from '../kube/sessions.js';
import { formatNameAtHost, isSameIssuer } from '../kube/user-entry.js';
import type { ReviewedCluster, RoleBinding } from './report.js';

/** The role bindings in a cluster that apply to UAA users and groups. */
export interface ClusterBindings extends ReviewedCluster {
  readonly userBindings: readonly UserBinding[];
}

interface UserBinding extends RoleBinding {
  readonly user: string;
  /** Whether the binding also applies to other subjects. */
  readonly hasOtherSubjects: boolean;
}

export interface RoleBindingsDeps {
  /** Sends requests to the PKS API with the token of the context. */
  readonly clusters: Pick<Clusters, 'list'>;
  readonly binds: Pick<Binds, 'find'>;
  readonly sessions: Pick<KubernetesSessions, 'find' | 'select'>;
  /** The returned `Send` sends requests to a Kubernetes API, and throws for every status other than 2xx. */
  readonly connect: (
    target: Trust,
    options: { readonly auth: Secret; readonly explain: Explain },
  ) => Send;
}

/**
 * Reads the role bindings in all clusters of an installation. If a cluster cannot be read, the result contains
 * the reason.
 * @throws {TpksError} if the clusters cannot be listed.
 */
export async function readRoleBindings(
  context: Context,
  deps: RoleBindingsDeps,
): Promise<readonly ClusterBindings[]> {
  const clusters = await deps.clusters.list();
  try {
    const session = await findSession(context, deps);
    // Renews the token once, before the clusters are read in parallel.
    await session.token();
    return await mapInParallel(clusters, (cluster) => readCluster(cluster, session, deps));
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return clusters.map(({ name }) => createUnreadCluster(name, messageWithHint(error)));
  }
}

/** Finds the session that `get-credentials` or `get-kubeconfig` stored for the context's user. */
async function findSession(
  context: Context,
  { sessions }: RoleBindingsDeps,
): Promise<SelectedSession> {
  const { name, identity, store, uaa } = context;
  const api = apiOf(context);
  if (!canHaveIdToken(context)) {
    throw new TpksError(
      'failed',
      `The UAA issues tokens for clusters only to users, and ${identity} is a client or a CI job`,
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
  throw new TpksError('unauthenticated', `No Kubernetes session found for ${identity}`, {
    hint: `tpks get-credentials CLUSTER${option}`,
  });
}

async function readCluster(
  cluster: Cluster,
  { identity, token }: SelectedSession,
  { binds, connect }: RoleBindingsDeps,
): Promise<ClusterBindings> {
  const { name } = cluster;
  const stateProblem = describeStateProblem(cluster);
  if (stateProblem !== undefined) return createUnreadCluster(name, stateProblem);
  try {
    const noCredentials = `The PKS API returned no cluster credentials for ${identity}`;
    const bind = await binds
      .find(name, identity)
      .catch(withReasons({ forbidden: noCredentials, notFound: noCredentials }));
    const { idToken } = await token();
    const loginProblem = describeLoginProblem(bind, idToken);
    if (loginProblem !== undefined) return createUnreadCluster(name, loginProblem);
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
    return createUnreadCluster(name, redact(error.message));
  }
}

function createUnreadCluster(name: string, problem: string): ClusterBindings {
  return { name, problem, userBindings: [], groupBindings: [] };
}

/** Replaces the error messages for these kinds. */
function withReasons(reasons: Readonly<Partial<Record<ErrorKind, string>>>) {
  return (error: unknown): never => {
    if (!isTpksError(error)) throw error;
    throw rewordError(error, { message: reasons[error.kind] ?? error.message });
  };
}

/** @returns why the cluster does not accept tokens from the UAA; `undefined` if it does. */
function describeLoginProblem({ login }: Bind, idToken: Secret): string | undefined {
  if (login.kind === 'token') {
    return 'The cluster does not use OpenID Connect, so it has no role bindings for UAA users';
  }
  const { issuer } = login;
  const ownIssuer = readTextClaim(readClaims(idToken), 'iss');
  if (issuer === undefined || isSameIssuer(issuer, ownIssuer)) return undefined;
  return `The cluster accepts only tokens from ${issuer}, not from the UAA`;
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

/** PKS adds this prefix to UAA users and groups. @see docs/contributing/servers/kubernetes.md#api-server */
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
