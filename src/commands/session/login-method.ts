import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { defaultCiClient } from '../../base/pks-conventions.js';
import type { LoginMethod, LoginOptions } from '../../domain/auth/login.js';
import { hasCiLogin } from '../../domain/contexts/identity.js';
import { userClient } from './credentials.js';
import type { LoginFlags } from './login-options.js';

/** Whether an option selects the identity or the login method. */
export function hasIdentityFlags(flags: LoginFlags): boolean {
  const { username, clientName, sso, ssoAuto, ssoPasscode } = flags;
  return (
    isCiLogin(flags) ||
    [username, clientName, sso, ssoAuto, ssoPasscode].some((value) => value !== undefined)
  );
}

/** Whether an option selects the login of a CI job. */
function isCiLogin({ ci, idTokenFile, idTokenStdin, showClaims }: LoginFlags): boolean {
  return [ci, idTokenFile, idTokenStdin, showClaims].some((value) => value !== undefined);
}

/** The identity that a method logs in; `undefined` if the user enters it in a browser. */
export function ownerOf(method: LoginMethod): LoginOptions['owner'] {
  if (method.kind === 'client') {
    const { clientId } = method;
    return { identity: clientId, clientId, grant: 'client_credentials' };
  }
  if (method.kind !== 'password') return undefined;
  return { identity: method.username, clientId: userClient.clientId, grant: 'password' };
}

interface MethodDeps extends Pick<Services, 'env'> {
  readonly askForUsername: () => Promise<string>;
}

/**
 * Selects the login method, and prompts for the username if it is missing.
 * @param renewedContext - the context whose method is used unless an option selects another one.
 * @throws {TpksError} `usage` for options that cannot be combined, or if the username is missing and
 *   the user cannot be prompted.
 */
export async function selectMethod(
  flags: LoginFlags,
  renewedContext: string | undefined,
  deps: MethodDeps & Pick<Services, 'logins'>,
): Promise<LoginMethod> {
  const method =
    renewedContext === undefined || hasIdentityFlags(flags)
      ? await selectMethodFromFlags(flags, deps)
      : await deps.logins.findMethod(renewedContext);
  if (flags.audience !== undefined && method.kind !== 'ci') {
    throw new TpksError('usage', '--audience works only for CI logins', {
      hint: 'omit it, or log in with --ci',
    });
  }
  if (flags.saveSecret !== true || method.kind === 'client') return method;
  throw new TpksError('usage', '--save-secret works only for clients: passwords are never stored', {
    hint: 'omit it, or log in with --client-name',
  });
}

async function selectMethodFromFlags(flags: LoginFlags, deps: MethodDeps): Promise<LoginMethod> {
  const { env } = deps;
  const { username, password, passwordStdin, passwordCommand } = flags;
  const { clientName, clientSecret, clientSecretFile, clientSecretCommand, clientKeyFile } = flags;
  const { sso, ssoAuto, ssoPasscode } = flags;
  const clientCredential = clientSecret ?? clientSecretFile ?? clientSecretCommand ?? clientKeyFile;
  const isCi = isCiLogin(flags);
  const values = {
    '--username': username ?? password ?? passwordStdin ?? passwordCommand,
    // A CI login also uses a client, but not its secret.
    '--client-name': (isCi ? undefined : clientName) ?? clientCredential,
    '--ci': isCi ? true : undefined,
    '--sso': sso ?? ssoAuto ?? ssoPasscode,
  };
  const given = Object.entries(values).flatMap(([flag, value]) =>
    value === undefined ? [] : flag,
  );
  if (given.length > 1) throw conflictError(given);
  const [flag] = given;
  if (isCi || (flag === undefined && hasCiLogin(env))) {
    return { kind: 'ci', clientId: clientName ?? env.TPKS_CLIENT_NAME ?? defaultCiClient };
  }
  const ssoMethod = findSsoMethod(flags);
  if (ssoMethod !== undefined) return ssoMethod;
  if (flag === undefined && env.TPKS_USERNAME && env.TPKS_CLIENT_NAME) {
    throw conflictError(['TPKS_USERNAME', 'TPKS_CLIENT_NAME']);
  }
  const isClient =
    flag === '--client-name' || (flag === undefined && env.TPKS_CLIENT_NAME !== undefined);
  if (isClient) {
    const clientId = clientName ?? env.TPKS_CLIENT_NAME ?? '';
    if (clientId !== '') return { kind: 'client', clientId };
    throw new TpksError('usage', 'Missing client name: use --client-name or TPKS_CLIENT_NAME', {
      hint: 'a client secret or key was given, so a client name is required',
    });
  }
  return { kind: 'password', username: await findUsername(flags, deps) };
}

/** The method that the options for single sign-on select; `undefined` without such an option. */
export function findSsoMethod({ sso, ssoAuto, ssoPasscode }: LoginFlags): LoginMethod | undefined {
  if (sso !== true && ssoAuto !== true && ssoPasscode === undefined) return undefined;
  return { kind: ssoAuto === true && ssoPasscode === undefined ? 'browser' : 'passcode' };
}

/**
 * Reads the option or the environment, or prompts.
 * @throws {TpksError} `usage` if the username is empty, or missing and the user cannot be prompted.
 */
export async function findUsername(
  flags: Pick<LoginFlags, 'username'>,
  { env, askForUsername }: MethodDeps,
): Promise<string> {
  const username = flags.username ?? env.TPKS_USERNAME ?? (await askForUsername());
  if (username !== '') return username;
  throw new TpksError('usage', 'The username is empty', { hint: 'use -u NAME' });
}

function conflictError(flags: readonly string[]): TpksError {
  return new TpksError('usage', `${flags.join(' and ')} cannot be used together`, {
    hint: 'log in as a user, as a client, as a CI job, or with single sign-on',
  });
}
