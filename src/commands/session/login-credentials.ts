import { readInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type {
  LoginMethod,
  LoginOptions,
  LoginRequest,
  LoginTarget,
} from '../../domain/auth/login.js';
import type { SecretInput } from '../../domain/auth/secrets.js';
import {
  formatInstallationOptions,
  type Installation,
} from '../../domain/contexts/installation.js';
import { formatPromptLabel } from '../prompt-label.js';
import {
  createBrowserOptions,
  type BrowserFlags,
  type InstallationOptions,
} from './login-options.js';
import { findPasscode } from './passcode.js';

/** The options of `login`, as commander parses them. */
export interface LoginFlags extends BrowserFlags, InstallationOptions {
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
  readonly name?: string;
  readonly store?: string;
  /** Called before the user is prompted for the password. */
  readonly beforePassword?: () => void;
  /** Replaces the sources of the password, for commands other than `login`. */
  readonly passwordSources?: Partial<SecretInput>;
  /** The command that logs in with a one-time code; `tpks login --sso` by default. */
  readonly ssoCommand?: string;
}

type Credentials = Pick<LoginRequest, 'clientId' | 'clientSecret' | 'grant'>;

type Deps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'publicUaaRequest' | 'logins'
>;

/** The UAA client that users log in with; its secret is empty. @see pks-cli, section 3.1 */
const userClient = { clientId: 'pks_cli', clientSecret: new Secret('') };

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
      const { ssoCommand } = flags;
      const browser = createBrowserOptions(flags, deps, {
        path: '/callback',
        alternative:
          ssoCommand === undefined ? 'use --password-stdin or --client-name' : 'use --sso-passcode',
        browserlessCommand: ssoCommand ?? `tpks login ${formatInstallationOptions(target)} --sso`,
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
  const password = await secrets.find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordStdin === true ? '-' : undefined,
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username, api, uaa },
    prompt: 'Password: ',
    ...(flags.beforePassword === undefined ? {} : { beforePrompt: flags.beforePassword }),
    rejectEmpty: true,
    ...flags.passwordSources,
  });
  return { ...userClient, grant: { kind: 'password', username, password } };
}

/**
 * Logs in, and continues with a one-time code if the UAA does not allow the client to redirect a browser to
 * this machine.
 */
export async function withPasscodeFallback<T>(
  method: LoginMethod,
  logIn: (method: LoginMethod) => Promise<T>,
  { note }: Pick<Services['terminal'], 'note'>,
): Promise<T> {
  try {
    return await logIn(method);
  } catch (error) {
    if (!isTpksError(error) || error.oauthError !== 'redirect_uri_mismatch') throw error;
    note(`${error.message}. Continuing with a one-time code.`);
    return logIn({ kind: 'passcode' });
  }
}

async function findClientSecret(
  { clientId }: { readonly clientId: string },
  flags: LoginFlags,
  { api, uaa }: LoginTarget,
  { secrets }: Deps,
): Promise<Credentials> {
  const isOnStdin = flags.clientSecret === '-';
  const clientSecret = await secrets.find({
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
  { publicUaaRequest, terminal }: Deps,
): Promise<Credentials> {
  const passcodeUrl = `${target.uaa}/passcode`;
  const passcode = await findPasscode(
    {
      flagValue: flags.ssoPasscode,
      passcodeUrl,
      flag: '--sso-passcode',
      createPrompt: async () => {
        const { prompts } = await publicUaaRequest(readInfo, target);
        const label = prompts['passcode']?.[1] ?? '';
        const note =
          label === ''
            ? `One Time Code ( Get one at ${passcodeUrl} )`
            : formatPromptLabel(label, target.uaa);
        return { note, prompt: 'Passcode: ' };
      },
    },
    terminal,
  );
  return { ...userClient, grant: { kind: 'passcode', passcode } };
}

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
  deps: Pick<Services, 'env' | 'terminal' | 'logins'>,
): Promise<LoginMethod> {
  const method =
    renewedContext === undefined || hasIdentityFlags(flags)
      ? await selectMethodFromFlags(flags, deps)
      : await deps.logins.findMethod(renewedContext);
  if (flags.saveSecret !== true || method.kind === 'client') return method;
  throw new TpksError('usage', '--save-secret works only for clients: passwords are never stored', {
    hint: 'omit it, or log in with --client-name',
  });
}

async function selectMethodFromFlags(
  flags: LoginFlags,
  { env, terminal }: Pick<Services, 'env' | 'terminal'>,
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
      hint: 'a client secret was given, so a client name is required',
    });
  }
  return { kind: 'password', username: await findUsername(flags, { env, terminal }) };
}

/** The method that the options for single sign-on select; `undefined` without such an option. */
export function findSsoMethod({ sso, ssoAuto, ssoPasscode }: LoginFlags): LoginMethod | undefined {
  if (sso !== true && ssoAuto !== true && ssoPasscode === undefined) return undefined;
  return { kind: ssoAuto === true && ssoPasscode === undefined ? 'browser' : 'passcode' };
}

/**
 * Finds the username in the option or the environment, or prompts for it.
 * @throws {TpksError} `usage` if it is empty, or if it is missing and the user cannot be prompted.
 */
export async function findUsername(
  flags: Pick<LoginFlags, 'username'>,
  { env, terminal }: Pick<Services, 'env' | 'terminal'>,
): Promise<string> {
  const prompt = { message: 'Username: ', hint: 'use --username or TPKS_USERNAME' };
  const username = flags.username ?? env.TPKS_USERNAME ?? (await terminal.prompt(prompt));
  if (username !== '') return username;
  throw new TpksError('usage', 'The username is empty', { hint: 'use -u NAME' });
}

function conflictError(flags: readonly string[]): TpksError {
  return new TpksError('usage', `${flags.join(' and ')} cannot be used together`, {
    hint: 'log in as a user, as a client, or with single sign-on',
  });
}
