import { resolve } from 'node:path';
import { readInfo, type UaaInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type { IdTokenSource } from '../../domain/auth/ci/id-tokens.js';
import type { LoginMethod, LoginRequest, LoginTarget } from '../../domain/auth/login.js';
import type { SecretInput } from '../../domain/auth/secrets.js';
import {
  type Installation,
  formatInstallationOptions,
} from '../../domain/contexts/installation.js';
import { createBrowserOptions, defaultBrowserTimeoutSeconds } from './browser-options.js';
import { formatLoginFlags, type LoginFlags } from './login-options.js';
import { findPasscode, formatPromptLabel } from './passcode.js';

type Credentials = Pick<
  LoginRequest,
  'clientId' | 'clientSecret' | 'clientKey' | 'grant' | 'idToken'
>;

type Deps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'publicUaaRequest' | 'logins' | 'idTokens'
>;

/**
 * The UAA client that users log in with; its secret is empty.
 * @see docs/contributing/servers/pks-cli.md#login
 */
export const userClient = { clientId: 'pks_cli', clientSecret: new Secret('') };

/** What differs between the commands that log in. */
export interface CredentialOptions {
  /**
   * Called before the user is prompted, or logs in with a browser.
   * @returns the information of the UAA, if it was read for this.
   */
  readonly beforePrompt?: () => Promise<UaaInfo | undefined>;
  /** Named in the prompts for secrets, with the identity; `undefined` for the prompts of the original CLI. */
  readonly server?: string | undefined;
  /** Replaces the sources of the password, for commands other than `login`. */
  readonly passwordSources?: Partial<SecretInput>;
  /** The command that logs in with a one-time code; `tpks login --sso` by default. */
  readonly ssoCommand?: string;
}

/** Prompts for a missing secret. @throws {TpksError} `usage` if the user cannot be prompted. */
export async function findCredentials(
  method: LoginMethod,
  flags: LoginFlags,
  target: LoginTarget & Installation,
  deps: Deps,
  options: CredentialOptions,
): Promise<Credentials> {
  switch (method.kind) {
    case 'password':
      return findPassword(method, flags, target, deps, options);
    case 'client':
      return findClientCredential(method, flags, target, deps, options);
    case 'passcode':
      return findPasscodeGrant(flags, target, deps, options);
    case 'ci':
      return findIdToken(method, flags, target, deps);
    case 'browser': {
      const { ssoCommand, server } = options;
      const browser = createBrowserOptions(flags, deps, {
        path: '/callback',
        alternative:
          ssoCommand === undefined ? 'use --password-stdin or --client-name' : 'use --sso-passcode',
        browserlessCommand: ssoCommand ?? formatCodeLogin(flags, target),
        offersCode: server !== undefined,
      });
      await options.beforePrompt?.();
      return { ...userClient, grant: { kind: 'authorization_code', browser } };
    }
  }
}

/** The command that logs in with a one-time code instead of a browser. */
function formatCodeLogin(flags: LoginFlags, target: Installation): string {
  const withCode = { ...flags, browser: true, ssoAuto: false, sso: true };
  return [
    'tpks login',
    formatInstallationOptions(target),
    ...formatLoginFlags({ ...withCode, browserTimeout: defaultBrowserTimeoutSeconds }),
    ...(flags.skipSslValidation === true ? ['-k'] : []),
  ].join(' ');
}

async function findPassword(
  { username }: { readonly username: string },
  flags: LoginFlags,
  { api, uaa }: LoginTarget,
  { secrets }: Deps,
  { beforePrompt, server, passwordSources }: CredentialOptions,
): Promise<Credentials> {
  const password = await secrets.find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordStdin === true ? '-' : undefined,
    fileFlag: '--password-stdin',
    command: { flag: '--password-command', line: flags.passwordCommand },
    variable: 'TPKS_PASSWORD',
    recipient: { name: username, api, uaa },
    prompt: server === undefined ? 'Password: ' : `Password of ${username} at ${server}: `,
    ...(beforePrompt === undefined ? {} : { beforePrompt }),
    promptsAgain: server !== undefined,
    rejectEmpty: true,
    ...passwordSources,
  });
  return { ...userClient, grant: { kind: 'password', username, password } };
}

/** Logs in; uses a one-time code if the client may not redirect a browser to this machine. */
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

async function findClientCredential(
  { clientId, clientKeyFile }: Extract<LoginMethod, { readonly kind: 'client' }>,
  flags: LoginFlags,
  { api, uaa }: LoginTarget,
  { secrets }: Deps,
  { beforePrompt, server }: CredentialOptions,
): Promise<Credentials> {
  const grant = { kind: 'client_credentials' } as const;
  const recipient = { name: clientId, api, uaa };
  const { clientSecret: typed, clientSecretFile, clientSecretCommand } = flags;
  const isSecretGiven = (typed ?? clientSecretFile ?? clientSecretCommand) !== undefined;
  const clientKey = await secrets.findClientKey({
    file: flags.clientKeyFile ?? (isSecretGiven ? undefined : clientKeyFile),
    fileFlag: '--client-key-file',
    isSecretGiven,
    recipient,
  });
  if (clientKey !== undefined) return { clientId, clientSecret: undefined, clientKey, grant };
  const isOnStdin = flags.clientSecret === '-';
  const clientSecret = await secrets.find({
    value: isOnStdin ? undefined : flags.clientSecret,
    valueFlag: '--client-secret',
    file: isOnStdin ? '-' : flags.clientSecretFile,
    fileFlag: '--client-secret-file',
    command: { flag: '--client-secret-command', line: flags.clientSecretCommand },
    variable: 'TPKS_CLIENT_SECRET',
    recipient,
    prompt:
      server === undefined ? 'Client secret: ' : `Secret of client ${clientId} at ${server}: `,
    ...(beforePrompt === undefined ? {} : { beforePrompt }),
  });
  return { clientId, clientSecret, grant };
}

async function findIdToken(
  { clientId, idToken: stored }: Extract<LoginMethod, { readonly kind: 'ci' }>,
  flags: LoginFlags,
  target: LoginTarget,
  { env, idTokens }: Pick<Deps, 'env' | 'idTokens'>,
): Promise<Credentials> {
  const source = selectIdTokenSource(flags, target, stored?.audience ?? env.TPKS_AUDIENCE);
  const file = source.file ?? stored?.file;
  const idToken = await idTokens.find({ ...source, file });
  return {
    clientId,
    clientSecret: new Secret(''),
    grant: { kind: 'jwt_bearer', idToken },
    idToken: {
      audience: source.audience,
      file: file === undefined || file === '-' ? undefined : resolve(file),
    },
  };
}

/** @param audience - the audience without `--audience`. */
export function selectIdTokenSource(
  { audience: typed, idTokenFile, idTokenStdin }: LoginFlags,
  installation: LoginTarget,
  audience = installation.uaa,
): IdTokenSource {
  return {
    audience: typed ?? audience,
    file: idTokenStdin === true ? '-' : idTokenFile,
    installation,
  };
}

async function findPasscodeGrant(
  flags: LoginFlags,
  target: LoginTarget,
  { publicUaaRequest, terminal }: Deps,
  { beforePrompt, passwordSources }: CredentialOptions,
): Promise<Credentials> {
  const passcodeUrl = `${target.uaa}/passcode`;
  const passcode = await findPasscode(
    {
      flagValue: flags.ssoPasscode,
      passcodeUrl,
      flag: '--sso-passcode',
      hint: passwordSources?.hint,
      createPrompt: async () => {
        const { prompts } = (await beforePrompt?.()) ?? (await publicUaaRequest(readInfo, target));
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
