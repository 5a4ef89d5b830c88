import { readClaims, readTextClaim, readTimeClaim } from '../auth/claims.js';
import type { Token } from '../auth/token.js';
import { isTpksError, TpksError } from '../errors.js';
import { unexpectedResponseFrom } from '../http/unexpected-response.js';
import type { JsonObject } from '../json-value.js';
import type { Secret } from '../secret.js';
import type { AccessRequest, PlannedAccess } from './access-request.js';
import type { KubernetesSession, KubernetesSessions } from './sessions.js';
import {
  createExecUser,
  createOidcUser,
  createTokenUser,
  formatNameAtHost,
  isSameIssuer,
  readEntryOrigin,
} from './user-entry.js';

export interface UserEntryDeps {
  readonly sessions: () => Promise<KubernetesSessions>;
  /** The command with which kubectl starts this program. */
  readonly pluginCommand: () => string;
  /** The absolute value of `TPKS_HOME`, if it is set. */
  readonly home: string | undefined;
  /** Whether the program was started through a link named `pks` or `tkgi`. */
  readonly isPksLink: boolean;
  readonly warn: (text: string) => void;
}

/** A user entry, and when its token expires; `undefined` if the token is renewed. */
export interface UserEntry {
  readonly userName: string;
  readonly user: JsonObject;
  readonly expiresAt?: Date | undefined;
}

/**
 * Creates the user entry that all clusters with OpenID Connect share.
 * @param planned - clusters with OpenID Connect, which all have the same format.
 * @returns `undefined` if the list is empty.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `usage` if another user has
 *   logged in; `keychain`, `storage`
 */
export async function createUserEntry(
  planned: readonly PlannedAccess[],
  request: AccessRequest,
  deps: UserEntryDeps,
): Promise<UserEntry | undefined> {
  const [first] = planned;
  if (first === undefined) return undefined;
  const { identity, session, installation } = request;
  const defaultName = formatNameAtHost(identity, installation.api);
  if (first.format === 'exec') {
    const clusters = planned.map(({ bind }) => bind.cluster);
    await startSession(clusters, request, await deps.sessions(), deps);
    const { home } = deps;
    const exec = { command: deps.pluginCommand(), sessionName: session.name, home };
    return { userName: defaultName, user: createExecUser(exec) };
  }
  // kubectl renews this entry with its own refresh token. It must not be the token of the plugin's session,
  // because a logout that revokes one would also revoke the other.
  const stored =
    first.format === 'token' ? await findValidToken(request, await deps.sessions()) : undefined;
  const { idToken, refreshToken } =
    stored === undefined ? await logIn(request) : { idToken: stored, refreshToken: undefined };
  const claims = readClaims(idToken);
  const { login } = first.bind;
  const issuer =
    (login.kind === 'oidc' ? login.issuer : undefined) ??
    readTextClaim(claims, 'iss') ??
    `${installation.uaa}/oauth/token`;
  const userName = await chooseUserName(issuer, defaultName, request, deps);
  await warnAboutReplacedPlugin(userName, request, deps);
  const expiresAt = readTimeClaim(claims, 'exp');
  if (first.format === 'token') return { userName, user: createTokenUser(idToken), expiresAt };
  const { caCert, skipTlsVerification } = installation;
  if (caCert === undefined && skipTlsVerification) {
    deps.warn(
      'kubectl cannot renew the token, because the CA of the UAA is not known; log in with --ca-cert FILE instead of -k',
    );
  }
  return { userName, user: createOidcUser({ idToken, refreshToken, issuer, caCert }) };
}

/** Other contexts can use the same user entry. */
async function warnAboutReplacedPlugin(
  userName: string,
  { findUser }: AccessRequest,
  { warn }: UserEntryDeps,
): Promise<void> {
  const existing = await findUser(userName);
  if (existing === undefined || readEntryOrigin(existing).sessionName === undefined) return;
  warn(
    `the user entry ${userName} no longer runs tpks, which affects all contexts that use it; to keep the old entry, write to another file with --kubeconfig FILE`,
  );
}

/** Uses the stored session if it is valid, or else logs in and stores a new one. */
async function startSession(
  clusters: readonly string[],
  request: AccessRequest,
  sessions: KubernetesSessions,
  { warn }: Pick<UserEntryDeps, 'warn'>,
): Promise<void> {
  const { session, installation, identity } = request;
  const { name } = session;
  const store = await session.selectStore();
  if ((await findValidToken(request, sessions, store)) !== undefined) {
    for (const cluster of clusters) await sessions.addCluster(name, cluster);
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
 * Finds the ID token of the stored session.
 * @param store - the store that the session must be in; `undefined` accepts any.
 * @returns `undefined` if the user has to log in.
 */
async function findValidToken(
  { session, installation, identity }: AccessRequest,
  sessions: KubernetesSessions,
  store?: KubernetesSession['store'],
): Promise<Secret | undefined> {
  const found = await sessions.find(session.name);
  const isSame =
    found?.api === installation.api &&
    (store === undefined || found.store === store) &&
    found.uaa === installation.uaa &&
    found.caCert === installation.caCert &&
    found.skipTlsVerification === installation.skipTlsVerification &&
    isSameUser(found.identity, identity);
  if (!isSame || (await sessions.check(session.name)) !== 'valid') return undefined;
  try {
    return (await sessions.token(session.name)).idToken;
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
    `The credentials are for ${identity}, but ${user} has logged in: nothing was written`,
    { hint: `log in as ${identity}, or choose another context with --context NAME` },
  );
}

/** The UAA ignores the case of usernames. */
function isSameUser(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The original names the entry after the user, so that two installations can use the same name. */
async function chooseUserName(
  issuer: string,
  defaultName: string,
  { identity, findUser, installation }: AccessRequest,
  { isPksLink, sessions }: UserEntryDeps,
): Promise<string> {
  if (!isPksLink) return defaultName;
  const existing = await findUser(identity);
  if (existing === undefined) return identity;
  const origin = readEntryOrigin(existing);
  if (isSameIssuer(origin.issuer, issuer)) return identity;
  if (origin.sessionName === undefined) return defaultName;
  const session = await (await sessions()).find(origin.sessionName);
  return session?.uaa === installation.uaa ? identity : defaultName;
}
