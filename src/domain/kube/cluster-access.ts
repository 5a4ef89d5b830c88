import type { Bind } from '../../api/pks/binds.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { unexpectedResponseFrom } from '../../platform/http/response.js';
import type { Trust } from '../../platform/http/send.js';
import { readClaims, readTextClaim, readTimeClaim } from '../auth/claims.js';
import { type Token } from '../auth/token.js';
import { formatInstallationOptions, type Installation } from '../contexts/installation.js';
import type { ClusterEntries, ContextOwner } from './kubeconfig/entries.js';
import type { Kubeconfig } from './kubeconfig/kubeconfig.js';
import { replaceServer } from './server-address.js';
import type { KubernetesSession, KubernetesSessions } from './sessions.js';
import {
  createExecUser,
  createOidcUser,
  createTokenUser,
  formatNameAtHost,
  isSameIssuer,
  readEntryOrigin,
  type KubeconfigFormat,
} from './user-entry.js';

/** The identity that gets access to clusters, and the form of its kubeconfig entries. */
export interface AccessRequest {
  readonly installation: Installation & Trust;
  readonly identity: string;
  /** Whether the UAA issues ID tokens to the identity. Clients and CI jobs get none. */
  readonly canHaveIdToken: boolean;
  /** `--kubeconfig-format`; `undefined` chooses the format by the cluster. */
  readonly format: KubeconfigFormat | undefined;
  readonly session: {
    readonly name: string;
    /** Selects and tests the store, before a prompt. @throws {TpksError} `keychain`, `storage`, `usage` */
    readonly selectStore: () => Promise<KubernetesSession['store']>;
  };
  /** The issuer of the identity's token for the API, if it is known. */
  readonly readApiIssuer: () => Promise<string | undefined>;
  /** Logs in with the UAA client for clusters, and prompts the user if necessary. */
  readonly logIn: () => Promise<Token>;
  /** Finds an existing user entry, which keeps its name. */
  readonly findUser: Kubeconfig['findUser'];
  /** Whether entries of other installations are kept even if `usesOriginalNames` is set. */
  readonly keepsOtherEntries?: boolean | undefined;
  readonly contextName?: string | undefined;
  readonly server?: string | undefined;
  readonly namespace?: string | undefined;
  readonly command?: ContextOwner['command'];
}

interface PlannedAccess {
  readonly bind: Bind;
  readonly format: KubeconfigFormat;
}

interface ClusterAccessDeps {
  readonly sessions: KubernetesSessions;
  /** The command with which kubectl starts this program. */
  readonly pluginCommand: () => string;
  /** The absolute value of `TPKS_HOME`, if it is set. */
  readonly home: string | undefined;
  /** The format for clusters with OpenID Connect if `--kubeconfig-format` is absent. */
  readonly defaultFormat: KubeconfigFormat;
  /** Whether entries have the names that the original CLI gives them. */
  readonly usesOriginalNames: boolean;
  readonly warn: (text: string) => void;
}

export interface AccessEntries extends PlannedAccess {
  readonly entries: ClusterEntries;
  /** When the token in the entry expires; `undefined` if it is renewed or does not expire. */
  readonly expiresAt: Date | undefined;
}

export function createClusterAccess(deps: ClusterAccessDeps) {
  return {
    /**
     * Checks a cluster before the user is prompted.
     * @throws {TpksError} `usage` if the cluster does not support the format; `failed` if the UAA cannot issue
     *   tokens for the cluster.
     */
    plan: async (bind: Bind, request: AccessRequest): Promise<PlannedAccess> => {
      const { login, cluster, server } = bind;
      replaceServer(server, request.server);
      if (login.kind === 'token') return { bind, format: chooseTokenFormat(cluster, request) };
      if (!request.canHaveIdToken) throw noIdTokenError(cluster, request);
      await checkIssuer(cluster, login.issuer, request);
      return { bind, format: request.format ?? deps.defaultFormat };
    },
    /**
     * Creates the entries of all clusters, with at most one login. For the format `exec`, the session is stored.
     * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `keychain`, `storage`
     */
    createEntries: async (
      planned: readonly PlannedAccess[],
      request: AccessRequest,
    ): Promise<readonly AccessEntries[]> => {
      const oidc = planned.filter(({ bind }) => bind.login.kind === 'oidc');
      const user = await createUserEntry(oidc, request, deps);
      return Promise.all(
        planned.map(async ({ bind, format }) => {
          const own = (await createServiceAccountUser(bind, request)) ?? user;
          if (own === undefined) throw new Error(`no user entry for ${bind.cluster}`);
          const { expiresAt, ...userEntry } = own;
          const entries = { ...createClusterEntry(bind, request, deps), ...userEntry };
          return { bind, format, entries, expiresAt };
        }),
      );
    },
  };
}

/** @returns `undefined` for a cluster with OpenID Connect. */
async function createServiceAccountUser(
  { cluster, userName, login }: Bind,
  { findUser, installation }: AccessRequest,
): Promise<UserEntry | undefined> {
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

function noIdTokenError(cluster: string, { identity, installation }: AccessRequest): TpksError {
  return new TpksError(
    'failed',
    `Cluster ${cluster} requires an ID token, which the UAA does not issue to clients or CI jobs such as ${identity}; the kubeconfig was not changed`,
    { hint: `log in as a user: tpks login ${formatInstallationOptions(installation)} -u USER` },
  );
}

/** A Kubernetes profile can name another issuer. @see docs/contributing/servers/kubernetes.md#api-server */
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
    `Cluster ${cluster} accepts only tokens of ${issuer}, not of the UAA at ${installation.uaa}; the kubeconfig was not changed`,
    {
      hint: `its Kubernetes profile sets this issuer, so use credentials from this issuer; to show the profile: tpks cluster ${quoteForShell(cluster)}`,
    },
  );
}

function createClusterEntry(
  { cluster, server, certificateAuthorityData }: Bind,
  { contextName, installation, identity, namespace, command, ...request }: AccessRequest,
  { usesOriginalNames }: ClusterAccessDeps,
): Omit<ClusterEntries, 'userName' | 'user'> {
  const { api } = installation;
  // The original CLI replaces the entries of another installation.
  const replacesOthers = usesOriginalNames && request.keepsOtherEntries !== true;
  return {
    contextName: contextName ?? cluster,
    otherName:
      contextName !== undefined || replacesOthers ? undefined : formatNameAtHost(cluster, api),
    ...replaceServer(server, request.server),
    certificateAuthorityData,
    namespace,
    owner: { api, cluster, identity, command },
  };
}

interface UserEntry extends Pick<ClusterEntries, 'userName' | 'user'> {
  /** When its token expires; `undefined` if the token is renewed or does not expire. */
  readonly expiresAt?: Date | undefined;
}

/**
 * Creates the user entry that all clusters with OpenID Connect share; `undefined` without clusters.
 * @throws {TpksError} `unauthenticated`; `usage` if another user has logged in; `keychain`, `storage`
 */
async function createUserEntry(
  planned: readonly PlannedAccess[],
  request: AccessRequest,
  deps: ClusterAccessDeps,
): Promise<UserEntry | undefined> {
  const [first] = planned;
  if (first === undefined) return undefined;
  if (first.format !== 'exec') return createStoredTokenUser(first, request, deps);
  const { identity, session, installation } = request;
  const clusters = planned.map(({ bind }) => bind.cluster);
  await startSession(clusters, request, deps.sessions, deps);
  return {
    userName: formatNameAtHost(identity, installation.api),
    user: createExecUser(deps.pluginCommand(), session.name, deps.home),
  };
}

/** Creates a user entry that contains the ID token, and for the format `oidc` also a refresh token. */
async function createStoredTokenUser(
  { bind: { login }, format }: PlannedAccess,
  request: AccessRequest,
  deps: ClusterAccessDeps,
): Promise<UserEntry> {
  const { uaa, caCert, skipTlsVerification } = request.installation;
  // kubectl renews an `oidc` entry with its own refresh token. It must not be the token of the plugin's
  // session, because a logout that revokes one would also revoke the other.
  const stored = format === 'token' ? await findValidToken(request, deps.sessions) : undefined;
  const { idToken, refreshToken } =
    stored === undefined ? await logIn(request) : { idToken: stored, refreshToken: undefined };
  const claims = readClaims(idToken);
  const issuer =
    (login.kind === 'oidc' ? login.issuer : undefined) ??
    readTextClaim(claims, 'iss') ??
    `${uaa}/oauth/token`;
  const userName = await chooseUserName(issuer, request, deps);
  const existing = await request.findUser(userName);
  if (existing !== undefined && readEntryOrigin(existing).sessionName !== undefined) {
    deps.warn(
      `the user entry ${userName} no longer runs tpks, which affects all contexts that use it; to keep the old entry, write to another file with --kubeconfig FILE`,
    );
  }
  if (format === 'token') {
    return { userName, user: createTokenUser(idToken), expiresAt: readTimeClaim(claims, 'exp') };
  }
  if (caCert === undefined && skipTlsVerification) {
    deps.warn(
      'kubectl cannot renew the token, because the CA of the UAA is not known; log in with --ca-cert FILE instead of -k',
    );
  }
  return { userName, user: createOidcUser({ idToken, refreshToken, issuer, caCert }) };
}

/** Uses the stored session if it is valid, or else logs in and stores a new one. */
async function startSession(
  clusters: readonly string[],
  request: AccessRequest,
  sessions: KubernetesSessions,
  { warn }: Pick<ClusterAccessDeps, 'warn'>,
): Promise<void> {
  const { session, installation, identity } = request;
  const { name } = session;
  const store = await session.selectStore();
  if ((await findValidToken(request, sessions, store)) !== undefined) {
    await sessions.addClusters(name, clusters);
    return;
  }
  const token = await logIn(request);
  const old = await sessions.find(name);
  // A context keeps its name if another user logs in to it.
  if (old !== undefined && !isSameUser(old.identity, identity)) {
    warn(
      `kubeconfig contexts of ${old.identity} that use the session ${name} now log in as ${identity}; to remove them: tpks kubeconfig remove NAME`,
    );
  }
  const { api, uaa, caCert, skipTlsVerification } = installation;
  const trust = { caCert, skipTlsVerification };
  await sessions.save({ name, store, api, uaa, ...trust, identity, clusters }, token);
}

/**
 * Finds the ID token of the stored session; `undefined` if the user has to log in.
 * @param store - the store that the session must be in; `undefined` accepts any.
 */
async function findValidToken(
  { session, installation, identity }: AccessRequest,
  sessions: KubernetesSessions,
  store?: KubernetesSession['store'],
): Promise<Secret | undefined> {
  const found = await sessions.find(session.name);
  const keys = ['api', 'uaa', 'caCert', 'skipTlsVerification'] as const;
  const isSame =
    found !== undefined &&
    keys.every((key) => found[key] === installation[key]) &&
    found.store === (store ?? found.store) &&
    isSameUser(found.identity, identity);
  if (!isSame || (await sessions.check(session.name)) !== 'valid') return undefined;
  try {
    return (await (await sessions.select(session.name)).token()).idToken;
  } catch (error) {
    if (isTpksError(error) && error.kind === 'unauthenticated') return undefined;
    throw error;
  }
}

/** @throws {TpksError} `usage` if another user has logged in, e.g. in a browser. */
async function logIn({
  logIn: requestToken,
  identity,
}: AccessRequest): Promise<Token & { readonly idToken: Secret }> {
  const token = await requestToken();
  const { idToken } = token;
  if (idToken === undefined) throw unexpectedResponseFrom('The UAA', 'it has no id_token');
  const user = readTextClaim(readClaims(idToken), 'user_name') ?? identity;
  if (isSameUser(user, identity)) return { ...token, idToken };
  throw new TpksError(
    'usage',
    `The credentials are for ${identity}, but ${user} has logged in; the kubeconfig was not changed`,
    { hint: `log in as ${identity}, or choose another context with --context NAME` },
  );
}

/** The UAA ignores the case of usernames. */
function isSameUser(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The original CLI names the entry after the user, so entries of two installations could have the same name. */
async function chooseUserName(
  issuer: string,
  { identity, findUser, installation, keepsOtherEntries = false }: AccessRequest,
  { usesOriginalNames, sessions }: ClusterAccessDeps,
): Promise<string> {
  const defaultName = formatNameAtHost(identity, installation.api);
  if (!usesOriginalNames || keepsOtherEntries) return defaultName;
  const existing = await findUser(identity);
  if (existing === undefined) return identity;
  const origin = readEntryOrigin(existing);
  if (isSameIssuer(origin.issuer, issuer)) return identity;
  if (origin.sessionName === undefined) return defaultName;
  const session = await sessions.find(origin.sessionName);
  return session?.uaa === installation.uaa ? identity : defaultName;
}
