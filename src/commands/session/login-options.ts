import { Option, type Command } from 'commander';
import { readInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { TpksError, isTpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type { BrowserOptions } from '../../domain/auth/authorization.js';
import type {
  LoginMethod,
  LoginOptions,
  LoginRequest,
  LoginTarget,
} from '../../domain/auth/login.js';
import type { SecretInput } from '../../domain/auth/secrets.js';
import {
  type Installation,
  formatInstallationOptions,
} from '../../domain/contexts/installation.js';
import type { Trust } from '../../platform/http/send.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { parseSeconds } from '../option-values.js';
import { readCaCertOption, withInputFile, withStdin } from '../stdin-inputs.js';

/** The options that select an installation, as commander parses them. */
interface InstallationOptions {
  readonly api?: string;
  readonly uaaUrl?: string;
  readonly caCert?: string;
  readonly skipSslValidation?: boolean;
  readonly skipSslVerification?: boolean;
}

/** Adds the options for single sign-on. */
export function addSsoOptions(command: Command): Command {
  command
    .option('--sso', "log in with a one-time code from the UAA's passcode page")
    .option('--sso-auto', 'log in with the browser on this machine')
    .addOption(
      withStdin(
        new Option('--sso-passcode <code>', 'one-time code from the passcode page; - for stdin'),
      ),
    );
  return addBrowserOptions(command);
}

/** Adds the options for the UAA and the TLS certificates of an installation. */
export function addInstallationOptions(command: Command): Command {
  return command
    .option(
      '--uaa-url <url>',
      'URL of the UAA, if it is not on port 8443 of the API host [TPKS_UAA_URL]',
    )
    .addOption(caCertOption())
    .option('-k, --skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
    .addOption(new Option('--skip-ssl-verification').hideHelp());
}

export function caCertOption(): Option {
  return withInputFile(
    new Option(
      '--ca-cert <path>',
      'PEM file of the CA to trust, - for stdin; tpks keeps a copy [TPKS_CA_CERT]',
    ),
  );
}

/** Creates the option of commands that log in a user. */
export function passwordStdinOption(): Option {
  return withStdin(
    new Option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]'),
    true,
  );
}

export function storeOption(): Option {
  return new Option('--store <store>', 'where to store the session key [TPKS_STORE]').choices([
    'keychain',
    'file',
  ]);
}

/**
 * Resolves the installation that the options select.
 * @throws {TpksError} `usage` if no API address is known, or for a CA that cannot be read.
 */
export async function readInstallation(
  flags: InstallationOptions,
  { installation, options, terminal }: Pick<Services, 'installation' | 'options' | 'terminal'>,
): Promise<Installation & Trust> {
  if (flags.skipSslVerification === true) {
    terminal.note('Flag --skip-ssl-verification has been deprecated, use --skip-ssl-validation');
  }
  return installation({
    api: flags.api,
    uaaUrl: flags.uaaUrl,
    context: options().context,
    caCert: await readCaCertOption(flags.caCert, terminal),
    skipTlsVerification: flags.skipSslValidation === true || flags.skipSslVerification === true,
  });
}

/** Options of the commands that open a browser. */
export interface BrowserFlags {
  /** `false` after `--no-browser`. */
  readonly browser: boolean;
  /** Seconds. */
  readonly browserTimeout: number;
}

/** How long to wait for the user to log in. */
const defaultTimeoutSeconds = 300;

/** Adds `--no-browser` and `--browser-timeout`. */
export function addBrowserOptions(command: Command): Command {
  return command
    .option('--no-browser', 'print the login URL instead of opening a browser')
    .option(
      '--browser-timeout <seconds>',
      'how long to wait for the login in the browser',
      parseSeconds,
      defaultTimeoutSeconds,
    );
}

/**
 * Ports for the redirect from the browser. The first free one is used. They are fixed because a UAA
 * accepts only registered redirect URIs, and the URI includes the port.
 * @see real-uaa, section 3
 */
export const loopbackPorts: readonly number[] = [28443, 28444, 28445];

/**
 * Creates the browser options of a grant from the command-line options.
 *
 * @param alternative - the part of the hint that names a way to log in without a browser.
 * @throws {TpksError} `usage` with `--non-interactive`.
 */
export function createBrowserOptions(
  { browser, browserTimeout, port }: BrowserFlags & { readonly port?: number },
  { options }: Pick<Services, 'options'>,
  {
    alternative,
    ...rest
  }: Pick<BrowserOptions, 'path' | 'browserlessCommand'> & { readonly alternative: string },
): BrowserOptions {
  if (!options().interactive) {
    throw new TpksError('usage', 'A browser login requires a user', {
      hint: `omit --non-interactive, or ${alternative}`,
    });
  }
  return {
    ...rest,
    ports: port === undefined ? loopbackPorts : [port],
    timeoutSeconds: browserTimeout,
    canOpenBrowser: browser,
  };
}

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
  const values = {
    '--username': flags.username ?? flags.password ?? flags.passwordStdin,
    '--client-name': clientName ?? clientSecret ?? clientSecretFile,
    '--sso': sso ?? ssoAuto ?? ssoPasscode,
  };
  const given = Object.entries(values).flatMap(([flag, value]) =>
    value === undefined ? [] : flag,
  );
  if (given.length > 1) throw conflictError(given);
  const [flag] = given;
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

interface PasscodePrompt {
  /** Printed before the prompt. */
  readonly note?: string;
  readonly prompt: string;
}

/** Sources of a one-time code. */
interface PasscodeInput {
  /** The value of `flag`; `-` reads stdin. */
  readonly flagValue: string | undefined;
  /** URL of the UAA's page that shows codes. */
  readonly passcodeUrl: string;
  readonly createPrompt: () => PasscodePrompt | Promise<PasscodePrompt>;
  /** E.g. `--sso-passcode`. */
  readonly flag: string;
}

/**
 * Finds a one-time code in the option's value, then on stdin, then with a prompt.
 * @throws {TpksError} `usage` if no code was given and the user cannot be prompted.
 */
export async function findPasscode(
  { flagValue, passcodeUrl, createPrompt, flag }: PasscodeInput,
  terminal: Pick<Terminal, 'canPrompt' | 'readLine' | 'readStdin' | 'note' | 'prompt'>,
): Promise<Secret> {
  if (flagValue !== undefined && flagValue !== '-') return new Secret(flagValue);
  if (flagValue === '-' || !terminal.canPrompt()) {
    // Without `-`, stdin may be a pipe that is never written to, so `readLine` has a time limit.
    const piped =
      flagValue === '-' ? await terminal.readStdin(flag) : ((await terminal.readLine()) ?? '');
    if (piped.trim() !== '') return new Secret(piped.trim());
    throw new TpksError('usage', `Missing one-time code: use ${flag} or pipe it in`, {
      hint: `get a code at ${passcodeUrl}`,
    });
  }
  const { note, prompt } = await createPrompt();
  if (note !== undefined) terminal.note(note);
  return new Secret(await terminal.prompt({ message: prompt, hidden: true, hint: `use ${flag}` }));
}

/** Longer labels could push the host out of sight. */
const maximumLabelLength = 100;

/**
 * Formats the label of a prompt that a UAA defines, e.g. `Password (uaa.example.com:8443)`. Without the
 * host and the limits, a UAA could imitate a prompt of another program, such as `[sudo] password for root`.
 * @param uaa - base URL of the UAA.
 */
export function formatPromptLabel(label: string, uaa: string): string {
  const characters = Array.from(label.replace(/\s+/g, ' ').trim());
  // The default label for a one-time code contains this URL, which must not be cut off.
  const passcodeUrl = `${uaa}/passcode`;
  const hasUrl = label.includes(passcodeUrl);
  const limit = maximumLabelLength + (hasUrl ? passcodeUrl.length : 0);
  const isLong = characters.length > limit;
  const text = `${characters.slice(0, limit).join('')}${isLong ? '...' : ''}`;
  return text.includes(passcodeUrl) ? text : `${text} (${new URL(uaa).host})`.trim();
}
