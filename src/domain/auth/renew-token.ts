import type { Clock } from '../../base/clock.js';
import { isTpksError, TpksError, rewordError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import {
  listSecretSources,
  type Environment,
  type SecretVariable,
} from '../../platform/config/environment.js';
import type { IdTokenSettings } from '../../platform/config/settings.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import { isForInstallation, describeIntendedServer } from '../contexts/addresses.js';
import { type Context } from '../contexts/context.js';
import type { ClientKey, KnownUaa } from './client-key.js';
import {
  readEnvironmentCredentials,
  readEnvironmentKey,
  readEnvironmentSecret,
  readKeyFile,
  type ReadStdin,
} from './credentials.js';
import { exchangeIdToken } from './ci/exchange.js';
import type { IdTokens } from './ci/id-tokens.js';
import { readClaims, readTextClaim } from './claims.js';
import { expiredSessionError, type SessionLabel } from './session-errors.js';
import type { Grants, TokenClient } from './grants.js';
import { credentialsRejected, isResourceServerError, notUaaError } from './login-errors.js';
import type { StoredSession } from './session-content.js';
import type { Token } from './token.js';

type ClientCredential = Pick<TokenClient, 'clientSecret' | 'clientKey'>;

export interface RenewDeps {
  readonly context: Context;
  readonly label: SessionLabel;
  /** Called without a secret and a key for a public client. */
  readonly grants: (client: ClientCredential) => Grants;
  readonly idTokens: Pick<IdTokens, 'find'>;
  readonly env: Environment;
  readonly readStdin: ReadStdin;
  readonly clock: Clock;
}

/** Uses the refresh token, or else the client secret or the credentials in the environment. */
export async function renewToken(
  stored: StoredSession | undefined,
  deps: RenewDeps,
): Promise<Token> {
  const { context, label, grants } = deps;
  if (context.store === 'none' && context.pksCredsPath === undefined) {
    return requestWithEnvironment(deps);
  }
  if (stored === undefined) {
    throw new TpksError('unauthenticated', notAuthenticatedMessage, {
      hint: label.loginCommand,
    });
  }
  const throwRenewalError = (error: unknown): never => {
    throw toRenewalError(error, deps);
  };
  if (context.grant === 'client_credentials') {
    const client = grants(await findClientCredential(deps, stored));
    return client.clientCredentials({ scope: context.scope }).catch(throwRenewalError);
  }
  if (context.grant === 'jwt_bearer') return renewCiToken(deps);
  if (stored.refreshToken === undefined) {
    const reason = 'the token has expired, and the UAA issued no refresh token';
    throw expiredSessionError(label, reason);
  }
  const isPublic = context.isPublicClient === true;
  // Read as late as possible: the secret may come from stdin, which can block.
  const secret = isPublic ? undefined : ((await findClientSecret(deps, stored)) ?? new Secret(''));
  // A session that was limited to some scopes must not get more scopes when it is renewed.
  const scope = context.scope === undefined ? undefined : stored.scope;
  const client = grants({ clientSecret: secret });
  return client.refresh(stored.refreshToken, { scope }).catch(throwRenewalError);
}

/**
 * Exchanges a new ID token of the job. A job with another identity must not continue this session, e.g. on a runner
 * that several repositories share.
 */
async function renewCiToken(deps: RenewDeps): Promise<Token> {
  const { context, label } = deps;
  const token = await exchangeCiToken(deps, context.idToken).catch((error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'usage') throw error;
    const hint = `log in again in the CI job: ${label.loginCommand}`;
    throw expiredSessionError(label, `the token has expired: ${error.message}`, hint);
  });
  const claims = readClaims(token.accessToken);
  const user = readTextClaim(claims, 'user_name') ?? 'unknown';
  const origin = readTextClaim(claims, 'origin');
  const isSameUser = user.toLowerCase() === context.identity.toLowerCase();
  if (isSameUser && origin === context.origin) return token;
  const provider = isSameUser ? ` of the identity provider ${origin ?? 'unknown'}` : '';
  throw expiredSessionError(
    label,
    `the token has expired, and this job has another identity: ${user}${provider}`,
  );
}

async function exchangeCiToken(
  { context, grants, idTokens, env, clock }: RenewDeps,
  source: IdTokenSettings = { audience: env.TPKS_AUDIENCE ?? context.uaa },
): Promise<Token> {
  const { uaa, clientId } = context;
  const idToken = await idTokens.find({ ...source, installation: context });
  const client = grants({ clientSecret: new Secret('') });
  return exchangeIdToken({ idToken, uaa, clientId }, { grants: client, now: clock.now });
}

/** Rejects variables with other credentials, which would be ignored. */
function checkCiVariables(env: Environment): void {
  const user = env.TPKS_USERNAME === undefined ? [] : ['TPKS_USERNAME'];
  const [other] = [
    ...user,
    ...listSecretSources(env, 'TPKS_CLIENT_SECRET'),
    ...listSecretSources(env, 'TPKS_CLIENT_KEY'),
  ];
  if (other === undefined) return;
  throw new TpksError('usage', `TPKS_CI_LOGIN and ${other} are both set`, {
    hint: 'unset one of them: a CI login uses no other credentials',
  });
}

/** Requests a token with the credentials in the environment, for a context that exists only there. */
async function requestWithEnvironment(deps: RenewDeps): Promise<Token> {
  const { context, grants, env, readStdin } = deps;
  if (context.grant === 'jwt_bearer') {
    checkCiVariables(env);
    return exchangeCiToken(deps);
  }
  const credentials = await readEnvironmentCredentials(env, readStdin);
  if (credentials === undefined) throw new Error('the context has no credentials');
  if (credentials.kind === 'user') {
    const { username, password } = credentials;
    const client = grants({ clientSecret: new Secret('') });
    return client.password({ username, password }).catch((error: unknown) => {
      throw explainRejection(error, username, ['TPKS_USERNAME', 'TPKS_PASSWORD'], deps);
    });
  }
  const { clientId } = credentials;
  const client = grants(
    credentials.kind === 'client'
      ? { clientSecret: credentials.secret }
      : { clientSecret: undefined, clientKey: credentials.clientKey },
  );
  const variable = credentials.kind === 'client' ? 'TPKS_CLIENT_SECRET' : 'TPKS_CLIENT_KEY';
  return client.clientCredentials().catch((error: unknown) => {
    const isEmpty = credentials.kind === 'client' && credentials.secret.isEmpty;
    const advice = isEmpty ? ': the file is empty' : '';
    throw explainRejection(error, clientId, ['TPKS_CLIENT_NAME', variable], deps, advice);
  });
}

/** Names the variables that contain the rejected credentials. */
function explainRejection(
  error: unknown,
  identity: string,
  [name, secret]: readonly [string, SecretVariable],
  { context: { uaa }, env }: RenewDeps,
  advice = '',
): unknown {
  if (!isTpksError(error) || error.kind !== 'unauthenticated') return error;
  if (isResourceServerError(error)) return notUaaError(uaa, error);
  const [source = secret] = listSecretSources(env, secret);
  return rewordError(error, {
    message: `${credentialsRejected} (${error.message})`,
    hint: `check ${name} and ${source} (${identity} at ${uaa})${advice}`,
  });
}

/** A key is preferred to a secret, because tpks stores the path of a key only if no secret was used. */
async function findClientCredential(
  deps: RenewDeps,
  stored: StoredSession,
): Promise<ClientCredential> {
  const clientKey = await findClientKey(deps);
  if (clientKey !== undefined) {
    return { clientSecret: undefined, clientKey: { ...clientKey, knownUaa: findKnownUaa(stored) } };
  }
  const clientSecret = await findClientSecret(deps, stored);
  if (clientSecret === undefined) throw missingSecretError(deps);
  return { clientSecret };
}

/** The key in the environment if it belongs to this client, otherwise the key that the client logged in with. */
async function findClientKey(deps: RenewDeps): Promise<ClientKey | undefined> {
  const { context, env, readStdin, label } = deps;
  const key = isEnvironmentFor(deps) ? await readEnvironmentKey(env, readStdin) : undefined;
  if (key !== undefined || context.clientKeyFile === undefined) return key;
  try {
    return await readKeyFile(context.clientKeyFile, `context ${context.name}`, readStdin);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const reason = `the token of client ${context.identity} has expired, and its key cannot be used: ${error.message}`;
    throw expiredSessionError(
      label,
      reason,
      `restore the file, or log in again: ${label.loginCommand}`,
    );
  }
}

/** The secret in the environment if it belongs to this client, otherwise the stored secret. */
async function findClientSecret(
  deps: RenewDeps,
  stored: StoredSession,
): Promise<Secret | undefined> {
  const secret = isEnvironmentFor(deps)
    ? await readEnvironmentSecret(deps.env, 'TPKS_CLIENT_SECRET', deps.readStdin)
    : undefined;
  return secret ?? stored.clientSecret;
}

/** Whether the client credentials in the environment are meant for this client and installation. */
function isEnvironmentFor({ context, env }: RenewDeps): boolean {
  const clientName = env.TPKS_CLIENT_NAME;
  const isSameClient = clientName
    ? clientName === context.clientId
    : context.grant === 'client_credentials';
  return isSameClient && isForInstallation(context, env);
}

/** Adds the login command: the UAA would reject the same request again, so a new login is needed. */
function toRenewalError(error: unknown, { context, label }: RenewDeps): unknown {
  if (!isTpksError(error) || !['unauthenticated', 'failed'].includes(error.kind)) return error;
  return rewordError(error, {
    message: `${new URL(context.uaa).host} did not renew the token of context ${context.name}: ${error.message}`,
    hint: label.loginCommand,
  });
}

/** The issuer of a JWT is the token endpoint of the UAA, so that a renewal needs only one request. */
function findKnownUaa({ accessToken, clockOffsetSeconds }: StoredSession): KnownUaa | undefined {
  const audience = readTextClaim(readClaims(accessToken), 'iss');
  return audience === undefined ? undefined : { audience, clockOffsetSeconds };
}

function missingSecretError({ context, label, env }: RenewDeps): TpksError {
  const alternative = isForInstallation(context, env)
    ? 'or set TPKS_CLIENT_SECRET, TPKS_CLIENT_SECRET_FILE or TPKS_CLIENT_SECRET_COMMAND; to renew the token automatically, log in with --save-secret'
    : `${describeIntendedServer('TPKS_CLIENT_SECRET', env)}, so it is not sent to ${new URL(context.uaa).host}`;
  const reason = `the token of client ${context.identity} has expired, and its secret is not available`;
  return expiredSessionError(label, reason, `${label.loginCommand}\n${alternative}`);
}
