import { formatInstallationOptions } from '../contexts/installation.js';
import { TpksError } from '../errors.js';
import type { Bind } from '../pks/binds.js';
import { quoteForShell } from '../shell-quote.js';
import type { AccessRequest, PlannedAccess } from './access-request.js';
import { createUserEntry, type UserEntryDeps } from './create-user-entry.js';
import type { ClusterEntries } from './kubeconfig/kubeconfig.js';
import { replaceServer } from './server-address.js';
import {
  createTokenUser,
  defaultFormat,
  formatNameAtHost,
  isSameIssuer,
  type KubeconfigFormat,
} from './user-entry.js';

/** The kubeconfig entries of a cluster. */
export interface AccessEntries extends PlannedAccess {
  readonly entries: ClusterEntries;
  /** When the token in the entry expires; `undefined` if it is renewed or does not expire. */
  readonly expiresAt: Date | undefined;
}

/** Creates kubeconfig entries for clusters. */
export interface ClusterAccess {
  /**
   * Checks a cluster before the user is prompted.
   * @throws {TpksError} `usage` if the cluster does not support the format; `failed` if the UAA cannot issue
   *   tokens for the cluster.
   */
  readonly plan: (bind: Bind, request: AccessRequest) => Promise<PlannedAccess>;
  /**
   * Creates the entries of all clusters, with at most one login. For the format `exec`, the session is stored.
   * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `keychain`, `storage`
   */
  readonly createEntries: (
    planned: readonly PlannedAccess[],
    request: AccessRequest,
  ) => Promise<readonly AccessEntries[]>;
}

export function createClusterAccess(deps: UserEntryDeps): ClusterAccess {
  return {
    plan: async (bind, request) => {
      const { login, cluster, server } = bind;
      replaceServer(server, request.server);
      if (login.kind === 'token') return { bind, format: chooseTokenFormat(cluster, request) };
      if (request.isClient) throw clientError(cluster, request);
      await checkIssuer(cluster, login.issuer, request);
      return { bind, format: request.format ?? defaultFormat(deps.isPksLink) };
    },
    createEntries: async (planned, request) => {
      const oidc = planned.filter(({ bind }) => bind.login.kind === 'oidc');
      const user = await createUserEntry(oidc, request, deps);
      return Promise.all(
        planned.map(async ({ bind, format }) => {
          const own = (await createServiceAccountUser(bind, request)) ?? user;
          if (own === undefined) throw new Error(`no user entry for ${bind.cluster}`);
          const { expiresAt, ...userEntry } = { expiresAt: undefined, ...own };
          return {
            bind,
            format,
            entries: { ...createClusterEntry(bind, request, deps), ...userEntry },
            expiresAt,
          };
        }),
      );
    },
  };
}

/** @returns `undefined` for a cluster with OpenID Connect. */
async function createServiceAccountUser(
  { cluster, userName, login }: Bind,
  { findUser, installation }: AccessRequest,
): Promise<Pick<ClusterEntries, 'userName' | 'user'> | undefined> {
  if (login.kind !== 'token') return undefined;
  // The API chooses the name. It must not replace credentials that the user has for something else.
  const existing = await findUser(userName);
  const isFree = existing === undefined || typeof existing['token'] === 'string';
  const ownName = formatNameAtHost(`${userName}-${cluster}`, installation.api);
  return { userName: isFree ? userName : ownName, user: createTokenUser(login.token) };
}

/** Service accounts have only a token. */
function chooseTokenFormat(cluster: string, { format }: AccessRequest): KubeconfigFormat {
  if (format === undefined || format === 'token') return 'token';
  throw new TpksError(
    'usage',
    `Cluster ${cluster} does not use OpenID Connect, so --kubeconfig-format ${format} is not possible`,
    { hint: 'omit --kubeconfig-format to use the token of a service account' },
  );
}

function clientError(cluster: string, { identity, installation }: AccessRequest): TpksError {
  return new TpksError(
    'failed',
    `Cluster ${cluster} requires an ID token, which the UAA does not issue to clients such as ${identity}: nothing was written`,
    { hint: `log in as a user: tpks login ${formatInstallationOptions(installation)} -u USER` },
  );
}

/** A Kubernetes profile can name another issuer. @see kubernetes, section 2 */
async function checkIssuer(
  cluster: string,
  issuer: string | undefined,
  { installation, readApiIssuer }: AccessRequest,
): Promise<void> {
  if (issuer === undefined || isSameIssuer(issuer, `${installation.uaa}/oauth/token`)) return;
  // The UAA can have several addresses, but only one name as the issuer.
  if (isSameIssuer(issuer, await readApiIssuer())) return;
  throw new TpksError(
    'failed',
    `Cluster ${cluster} accepts only tokens of ${issuer}, not of the UAA at ${installation.uaa}: nothing was written`,
    {
      hint: `its Kubernetes profile names this issuer, so use the credentials of that issuer; to show the profile: tpks cluster ${quoteForShell(cluster)}`,
    },
  );
}

function createClusterEntry(
  { cluster, server, certificateAuthorityData }: Bind,
  { contextName, installation, identity, namespace, command, ...request }: AccessRequest,
  { isPksLink }: UserEntryDeps,
): Omit<ClusterEntries, 'userName' | 'user'> {
  const { api } = installation;
  // Like the original CLI, a link replaces the entries of another installation.
  const keepsOthers = contextName === undefined && !isPksLink;
  return {
    contextName: contextName ?? cluster,
    otherNames: keepsOthers
      ? [formatNameAtHost(cluster, api), `${cluster}@${api.replace('https://', '')}`]
      : undefined,
    ...replaceServer(server, request.server),
    certificateAuthorityData,
    namespace,
    owner: { api, cluster, identity, command },
  };
}
