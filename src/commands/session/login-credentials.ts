import type { LoginOptions, LoginRequest, LoginTarget } from '../../auth/login.js';
import type { LoginMethod } from '../../auth/login-method.js';
import { formatInstallationOptions, type Installation } from '../../contexts/installation.js';
import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Services } from '../../services.js';
import { createBrowserOptions, type BrowserFlags } from './browser-options.js';
import { findPasscode } from './passcode.js';

/** The options of `login`, as commander parses them. */
export interface LoginFlags extends BrowserFlags {
  readonly api?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly clientName?: string;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly saveSecret?: boolean;
  readonly writeCreds?: boolean;
  readonly sso?: boolean;
  readonly ssoAuto?: boolean;
  readonly ssoPasscode?: string;
  readonly uaaUrl?: string;
  readonly caCert?: string;
  readonly skipSslValidation?: boolean;
  readonly skipSslVerification?: boolean;
  readonly name?: string;
  readonly store?: string;
  /** Called before the user is prompted for the password. */
  readonly beforePassword?: () => void;
}

type Credentials = Pick<LoginRequest, 'clientId' | 'clientSecret' | 'grant'>;

const loadInfo = async () => (await import('../../uaa/info.js')).createInfoEndpoint;

type Deps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'publicUaaResource' | 'logins'
>;

/** The UAA client that users log in with; its secret is empty. @see pks-cli, section 3.1 */
const userClient = { clientId: 'pks_cli', clientSecret: new Secret('') };

/** Whether an option selects the identity or the login method. */
export function hasIdentityFlags(flags: LoginFlags): boolean {
  const { username, clientName, sso, ssoAuto, ssoPasscode } = flags;
  return [username, clientName, sso, ssoAuto, ssoPasscode].some((value) => value !== undefined);
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

/**
 * Selects the login method, and prompts for the username if it is missing.
 *
 * @param renewedContext - the context whose method is used unless an option selects another one.
 * @throws {TpksError} `usage` for options that cannot be combined, or if the username is missing and
 *   the user cannot be prompted.
 */
export async function selectMethod(
  flags: LoginFlags,
  renewedContext: string | undefined,
  deps: Pick<Deps, 'env' | 'terminal' | 'logins'>,
): Promise<LoginMethod> {
  const method =
    renewedContext === undefined || hasIdentityFlags(flags)
      ? await selectMethodFromFlags(flags, deps)
      : await (await deps.logins()).findMethod(renewedContext);
  if (flags.saveSecret !== true || method.kind === 'client') return method;
  throw new TpksError('usage', '--save-secret works only for clients: passwords are never stored', {
    hint: 'omit it, or log in with --client-name',
  });
}

async function selectMethodFromFlags(
  flags: LoginFlags,
  { env, terminal }: Pick<Deps, 'env' | 'terminal'>,
): Promise<LoginMethod> {
  const { clientName, clientSecret, clientSecretFile, sso, ssoAuto, ssoPasscode } = flags;
  const groups = [
    [flags.username ?? flags.password ?? flags.passwordStdin, '--username'],
    [clientName ?? clientSecret ?? clientSecretFile, '--client-name'],
    [sso ?? ssoAuto ?? ssoPasscode, '--sso'],
  ] as const;
  const conflicting = groups.filter(([value]) => value !== undefined).map(([, flag]) => flag);
  if (conflicting.length > 1) throw conflictError(conflicting);
  const [flag] = conflicting;
  if (flag === '--sso') {
    return { kind: ssoAuto === true && ssoPasscode === undefined ? 'browser' : 'passcode' };
  }
  if (flag === undefined && env.TPKS_USERNAME && env.TPKS_CLIENT_NAME) {
    throw conflictError(['TPKS_USERNAME', 'TPKS_CLIENT_NAME']);
  }
  const isClient =
    flag === '--client-name' || (flag === undefined && env.TPKS_CLIENT_NAME !== undefined);
  if (isClient) {
    const clientId = clientName ?? env.TPKS_CLIENT_NAME ?? '';
    if (clientId !== '') return { kind: 'client', clientId };
    throw new TpksError('usage', 'Missing client name: use --client-name or TPKS_CLIENT_NAME', {
      hint: 'a client secret was given, so a client name is required',
    });
  }
  const prompt = { message: 'Username: ', hint: 'use --username or TPKS_USERNAME' };
  const username = flags.username ?? env.TPKS_USERNAME ?? (await terminal.prompt(prompt));
  if (username !== '') return { kind: 'password', username };
  throw new TpksError('usage', 'The username is empty', { hint: 'use -u NAME' });
}

function conflictError(flags: readonly string[]): TpksError {
  return new TpksError('usage', `${flags.join(' and ')} cannot be used together`, {
    hint: 'log in as a user, as a client, or with single sign-on',
  });
}

/**
 * Finds the credentials for a method, and prompts for a missing secret.
 * @throws {TpksError} `usage` if a secret is missing and the user cannot be prompted.
 */
export async function findCredentials(
  method: LoginMethod,
  flags: LoginFlags,
  target: LoginTarget & Installation,
  deps: Deps,
): Promise<Credentials> {
  switch (method.kind) {
    case 'password':
      return findPassword(method, flags, target, deps);
    case 'client':
      return findClientSecret(method, flags, target, deps);
    case 'passcode':
      return findPasscodeGrant(flags, target, deps);
    case 'browser': {
      const browser = createBrowserOptions(flags, deps, {
        path: '/callback',
        alternative: 'use --password-stdin or --client-name',
        browserlessCommand: `tpks login ${formatInstallationOptions(target)} --sso`,
      });
      return { ...userClient, grant: { kind: 'authorization_code', browser } };
    }
  }
}

async function findPassword(
  { username }: { readonly username: string },
  flags: LoginFlags,
  { api, uaa }: LoginTarget,
  { secrets }: Deps,
): Promise<Credentials> {
  const password = await (
    await secrets()
  ).find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordStdin === true ? '-' : undefined,
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username, api, uaa },
    prompt: 'Password: ',
    ...(flags.beforePassword === undefined ? {} : { beforePrompt: flags.beforePassword }),
    rejectEmpty: true,
  });
  return { ...userClient, grant: { kind: 'password', username, password } };
}

async function findClientSecret(
  { clientId }: { readonly clientId: string },
  flags: LoginFlags,
  { api, uaa }: LoginTarget,
  { secrets }: Deps,
): Promise<Credentials> {
  const isOnStdin = flags.clientSecret === '-';
  const clientSecret = await (
    await secrets()
  ).find({
    value: isOnStdin ? undefined : flags.clientSecret,
    valueFlag: '--client-secret',
    file: isOnStdin ? '-' : flags.clientSecretFile,
    fileFlag: '--client-secret-file',
    variable: 'TPKS_CLIENT_SECRET',
    recipient: { name: clientId, api, uaa },
    prompt: 'Client secret: ',
  });
  return { clientId, clientSecret, grant: { kind: 'client_credentials' } };
}

async function findPasscodeGrant(
  flags: LoginFlags,
  target: LoginTarget,
  { publicUaaResource, terminal }: Deps,
): Promise<Credentials> {
  const passcodeUrl = `${target.uaa}/passcode`;
  const passcode = await findPasscode(
    {
      flagValue: flags.ssoPasscode,
      passcodeUrl,
      flag: '--sso-passcode',
      createPrompt: async () => {
        const { prompts } = await (await publicUaaResource(loadInfo, target)).get();
        const note = prompts['passcode']?.[1] ?? `One Time Code ( Get one at ${passcodeUrl} )`;
        return { note, prompt: 'Passcode: ' };
      },
    },
    terminal,
  );
  return { ...userClient, grant: { kind: 'passcode', passcode } };
}
