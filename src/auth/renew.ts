import type { Environment } from '../config/environment.js';
import { isTpksError, reworded, TpksError } from '../errors.js';
import { notAuthenticated } from '../http/bearer.js';
import { Secret } from '../secret.js';
import type { Context } from '../contexts/context.js';
import {
  readEnvironmentCredentials,
  readEnvironmentSecret,
  type ReadStdin,
} from './credentials.js';
import type { Grants } from './grants.js';
import { loginCommand } from './login-command.js';
import { isMeantAt, whereMeant } from '../contexts/recipient.js';
import type { StoredSession } from './session-file.js';
import type { Token } from './token.js';

export interface RenewDeps {
  readonly context: Context;
  /** @param clientSecret - `undefined`: of a public client. */
  readonly grants: (clientSecret: Secret | undefined) => Promise<Grants>;
  readonly env: Environment;
  readonly readStdin: ReadStdin;
}

/** How a context gets its next token: by its refresh token, or with the secret at hand. */
export function createRenew(
  deps: RenewDeps,
): (stored: StoredSession | undefined) => Promise<Token> {
  const { context, grants, env } = deps;
  return async (stored) => {
    if (context.store === 'none') return requestNewToken(deps);
    if (stored === undefined) {
      throw new TpksError('unauthenticated', notAuthenticated, { hint: loginCommand(context) });
    }
    const refused = (error: unknown): never => {
      throw toRenewalError(error, context);
    };
    if (context.grant === 'client_credentials') {
      const secret = await clientSecret(deps, stored);
      if (secret === undefined) throw missingSecretError(context, env);
      return (await grants(secret)).clientCredentials({ scope: context.scope }).catch(refused);
    }
    if (stored.refreshToken === undefined) {
      throw new TpksError(
        'unauthenticated',
        `${notAuthenticated}: the token has ended, and the UAA gave no refresh token`,
        { hint: loginCommand(context) },
      );
    }
    const isPublic = context.isPublicClient === true;
    // Read as late as possible: the secret may come from stdin, which can block.
    const given = isPublic ? undefined : ((await clientSecret(deps, stored)) ?? new Secret(''));
    // A session that was limited to some scopes must not gain others when it is renewed.
    const scope = context.scope === undefined ? undefined : stored.scope;
    return (await grants(given)).refresh(stored.refreshToken, { scope }).catch(refused);
  };
}

/** The first and every other token of a context that the environment describes. */
async function requestNewToken({ context, grants, env, readStdin }: RenewDeps): Promise<Token> {
  const credentials = await readEnvironmentCredentials(env, readStdin);
  if (credentials === undefined) {
    throw new TpksError('usage', 'TPKS_API is set, but the credentials are not complete', {
      hint: 'set TPKS_USERNAME and TPKS_PASSWORD, or TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET (or …_FILE)',
    });
  }
  const rejected = (error: unknown): never => {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    throw reworded(error, {
      message: `Credentials were rejected, please try again. (${error.message})`,
      hint: `check ${credentials.kind === 'user' ? 'TPKS_USERNAME and TPKS_PASSWORD' : 'TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET'} for ${context.uaa}`,
    });
  };
  return credentials.kind === 'user'
    ? (await grants(new Secret('')))
        .password({ username: credentials.username, password: credentials.password })
        .catch(rejected)
    : (await grants(credentials.secret)).clientCredentials().catch(rejected);
}

/** From the environment where it is meant for this client, else as saved with the session. */
async function clientSecret(
  { context, env, readStdin }: RenewDeps,
  stored: StoredSession,
): Promise<Secret | undefined> {
  const named = env.TPKS_CLIENT_NAME;
  const isOwn = named ? named === context.clientId : context.grant === 'client_credentials';
  const meant = isOwn && isMeantAt(context, env);
  const given = meant
    ? await readEnvironmentSecret(env, 'TPKS_CLIENT_SECRET', readStdin)
    : undefined;
  return given ?? stored.clientSecret;
}

/** What the UAA refuses once it will refuse again: a new login is the way out. */
function toRenewalError(error: unknown, context: Context): unknown {
  if (!isTpksError(error) || !['unauthenticated', 'failed'].includes(error.kind)) return error;
  return reworded(error, {
    message: `The UAA did not renew the token of ${context.name}: ${error.message}`,
    hint: loginCommand(context),
  });
}

function missingSecretError(context: Context, env: Environment): TpksError {
  const otherwise = isMeantAt(context, env)
    ? 'or set TPKS_CLIENT_SECRET (or _FILE); with --save-secret a login renews itself'
    : `${whereMeant('TPKS_CLIENT_SECRET', env)}, and is sent nowhere else`;
  return new TpksError(
    'unauthenticated',
    `The token of client ${context.identity} has ended, and its secret is not at hand`,
    { hint: `${loginCommand(context)}\n${otherwise}` },
  );
}
