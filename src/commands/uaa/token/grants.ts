import { Option, Argument } from 'commander';
import { readInfo, type UaaInfo } from '../../../api/uaa/info.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret.js';
import type { StoredSession } from '../../../domain/auth/session-content.js';
import { readClaims } from '../../../domain/auth/token.js';
import type { Context } from '../../../domain/contexts/context.js';
import type { Recipient } from '../../../domain/contexts/identity.js';
import type { GrantKind } from '../../../platform/config/settings.js';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../contents.js';
import {
  findPasscode,
  formatPromptLabel,
  passwordStdinOption,
} from '../../session/login-options.js';
import { withStdin } from '../../stdin-inputs.js';
import { readName } from '../objects.js';
import type { ResolvedTarget } from '../targets.js';
import {
  addBrowserGrantOptions,
  addGetTokenOptions,
  addTokenOptions,
  type BrowserGrantFlags,
  defaultImplicitClient,
  findClient,
  findClientId,
  findClientSecretWithoutPrompt,
  getToken,
  type GetTokenDeps,
  type GetTokenFlags,
  toBrowserOptions,
  readTokenArgument,
  tokenView,
} from './get-token.js';

export const client: Leaf = {
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(command.argument('[id]', 'UAA client, e.g. admin [TPKS_CLIENT_NAME]'))
      .description(
        'Get a token for a UAA client (client credentials grant), and use it for the uaa ' +
          'commands. Prompts for missing values.',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  $ tpks uaa token client get admin\n' +
          '  $ printf adminsecret | tpks uaa token client get admin --secret-file -',
      )
      .action((id: string | undefined, flags: GetTokenFlags) =>
        getClientToken({ id, ...flags }, deps),
      );
  },
};

export function getClientToken(
  input: GetTokenFlags & { readonly id?: string | undefined },
  deps: GetTokenDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => ({
    ...(await findClient(input.id, target, input, deps)),
    grant: { kind: 'client_credentials' } as const,
  });
  return getToken(input, findCredentials, deps);
}

interface OwnerFlags extends GetTokenFlags {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string;
  readonly passwordStdin?: true;
}

export const owner: Leaf = {
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(
      command
        .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
        .argument('[user]', 'username [TPKS_USERNAME]')
        .option('-p, --password <password>', 'password (visible to other users of this machine)')
        .addOption(passwordStdinOption().conflicts('password')),
    )
      .description(
        'Get a token for a user through a client (password grant), and use it for the uaa ' +
          'commands. Prompts for missing values.',
      )
      .addHelpText('after', "\nExample:\n  $ tpks uaa token owner get pks_cli alana -s ''")
      .action((client: string | undefined, user: string | undefined, flags: OwnerFlags) =>
        getOwnerToken({ client, user, ...flags }, deps),
      );
  },
};

export function getOwnerToken(input: OwnerFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps);
    const hint = 'pass the username as the second argument, or set TPKS_USERNAME';
    const username = await readName(
      input.user ?? deps.env.TPKS_USERNAME,
      { message: 'User name: ', hint },
      deps.terminal,
    );
    const password = await deps.secrets.find({
      value: input.password,
      valueFlag: '--password',
      file: input.passwordStdin && '-',
      fileFlag: '--password-stdin',
      variable: 'TPKS_PASSWORD',
      recipient: { name: username, api: target.api, uaa: target.uaa },
      prompt: 'Password: ',
      rejectEmpty: true,
    });
    return { ...client, grant: { kind: 'password', username, password } as const };
  };
  return getToken(input, findCredentials, deps);
}

interface SsoFlags extends GetTokenFlags {
  readonly passcode?: string;
}

export const sso: Leaf = {
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(
      command
        .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
        .addOption(
          withStdin(
            new Option(
              '--passcode <code>',
              'one-time code from the /passcode page of the UAA; - for stdin',
            ),
          ),
        ),
    )
      .description(
        'Get a token with a one-time code, and use it for the uaa commands. To get a code, log in to ' +
          'the /passcode page of the UAA in a browser. Prompts for missing values.',
      )
      .addHelpText('after', "\nExample:\n  $ tpks uaa token sso get pks_cli -s ''")
      .action((client: string | undefined, flags: SsoFlags) =>
        getSsoToken({ client, ...flags }, deps),
      );
  },
};

export function getSsoToken(
  input: SsoFlags & { readonly client?: string | undefined },
  deps: GetTokenDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps);
    const page = `${target.uaa}/passcode`;
    const passcode = await findPasscode(
      {
        flagValue: input.passcode,
        passcodeUrl: page,
        createPrompt: () => ({ prompt: `Passcode ( from ${page} ): ` }),
        flag: '--passcode',
      },
      deps.terminal,
    );
    return { ...client, grant: { kind: 'passcode', passcode } as const };
  };
  return getToken(input, findCredentials, deps);
}

interface BrowserFlags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export const authcode: Leaf = {
  define(command, deps: GetTokenDeps) {
    addBrowserGrantOptions(
      addGetTokenOptions(
        command.addOption(
          withUaaNames(new Option('-c, --client <id>', 'UAA client [TPKS_CLIENT_NAME]'), 'clients'),
        ),
      ),
    )
      .description(
        'Get a token for a user who logs in to the UAA in a browser (authorization code grant with ' +
          'PKCE), and use it for the uaa commands. Without --secret, the client is treated ' +
          'as a public client. It must be registered with the redirect URI ' +
          'http://localhost:PORT/authcode.',
      )
      .addHelpText('after', "\nExample:\n  $ tpks uaa token authcode get -c pks_cli -s ''")
      .action((flags: BrowserFlags) => getAuthcodeToken(flags, deps));
  },
};

export function getAuthcodeToken(flags: BrowserFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = async ({ api, uaa }: ResolvedTarget) => {
    const clientId = await findClientId(flags.client, deps, 'use --client');
    const recipient = { name: clientId, api, uaa };
    const clientSecret = await findClientSecretWithoutPrompt(recipient, flags, deps);
    const browser = toBrowserOptions(flags, deps, {
      path: '/authcode',
      browserlessCommand: `tpks uaa token sso get ${clientId}`,
    });
    return { clientId, clientSecret, grant: { kind: 'authorization_code', browser } as const };
  };
  return getToken(flags, findCredentials, deps);
}

export const implicit: Leaf = {
  define(command, deps: GetTokenDeps) {
    addBrowserGrantOptions(
      addTokenOptions(
        command.option(
          '-c, --client <id>',
          `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
        ),
      ),
    )
      .description(
        'Get a token for a user who logs in to the UAA in a browser (implicit grant), and use it ' +
          'for the uaa commands. The client needs no secret, and the token cannot be renewed. ' +
          'The client must be registered with the redirect URI http://localhost:PORT/callback.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa token implicit get -c cf')
      .action((flags: BrowserFlags) => getImplicitToken(flags, deps));
  },
};

export function getImplicitToken(flags: BrowserFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = () => {
    const clientId = flags.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
    const browser = toBrowserOptions(flags, deps, {
      path: '/callback',
      browserlessCommand: `tpks uaa token get --client ${clientId}`,
    });
    const grant = { kind: 'implicit', browser } as const;
    return { clientId, clientSecret: undefined, grant };
  };
  return getToken(flags, findCredentials, deps);
}

type PromptedDeps = GetTokenDeps & Pick<Services, 'publicUaaRequest'>;

interface PromptedFlags extends GetTokenFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export const get: Leaf = {
  define(command, deps: PromptedDeps) {
    addTokenOptions(
      command
        .argument('[credentials...]', 'values for the prompts, in the order of `tpks uaa prompts`')
        .option(
          '-c, --client <id>',
          `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
        )
        .addOption(passwordStdinOption())
        .option(
          '--redirect-uri <uri>',
          'redirect URI that the client is registered with; never opened ' +
            '(default: https://uaa.cloudfoundry.com/redirect/CLIENT)',
        ),
    )
      .description(
        'Get a token with the values that the UAA prompts for, usually username and password, and use ' +
          'it for the uaa commands. Uses the implicit grant without a browser: the client ' +
          'needs no secret, and the token cannot be renewed. Prompts for missing values with the ' +
          'labels of the UAA.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa token get cody')
      .action((credentials: string[], flags: PromptedFlags) =>
        getPromptedToken({ credentials, ...flags }, deps),
      );
  },
};

export function getPromptedToken(
  input: PromptedFlags & { readonly credentials: readonly string[] },
  deps: PromptedDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const clientId = input.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
    const { prompts } = await deps.publicUaaRequest(readInfo, target);
    const { username, answers } = await collectAnswers(prompts, { ...input, target }, deps);
    const redirectUri = input.redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`;
    const kind = 'posted_credentials' as const;
    const grant = { kind, username, promptValues: answers, redirectUri };
    return { clientId, clientSecret: undefined, grant };
  };
  return getToken(input, findCredentials, deps);
}

type Deps = Pick<Services, 'terminal' | 'env' | 'secrets'>;

/** Answers from the command line. */
interface PromptInput {
  /** Answers in the order of the prompts. */
  readonly credentials: readonly string[];
  readonly passwordStdin?: true;
  /** The UAA that defines the prompts. */
  readonly target: Omit<Recipient, 'name'>;
}

interface PromptAnswers {
  /** By name of the prompt. Answers to prompts with hidden input are secrets. */
  readonly answers: ReadonlyMap<string, string | Secret>;
  /** `undefined` if the UAA does not prompt for it. */
  readonly username: string | undefined;
}

/**
 * Collects an answer for each prompt, in the server's order and with the server's labels. Empty answers
 * are omitted, except for username and password: a passcode replaces both.
 * @throws {TpksError} `usage` if there are more answers than prompts, if the username or the password
 *   is empty, or if one of them is missing and the user cannot be prompted.
 */
async function collectAnswers(
  prompts: UaaInfo['prompts'],
  input: PromptInput,
  deps: Deps,
): Promise<PromptAnswers> {
  const names = Object.keys(prompts);
  const hint = `pass the values as arguments, in this order: ${names.join(', ')}`;
  if (input.credentials.length > names.length) {
    throw new TpksError('usage', 'Too many arguments for the prompts of the UAA', {
      hint,
    });
  }
  const answers = new Map<string, string | Secret>();
  let username: string | undefined;
  for (const [index, [name, [type, label]]] of Object.entries(prompts).entries()) {
    const argument = input.credentials[index];
    const text = `${formatPromptLabel(label, input.target.uaa)}: `;
    const prompt = { text, isHidden: type !== 'text', hint };
    if (name === 'username') {
      username = await findUsername(argument, prompt, deps);
      answers.set(name, username);
    } else if (name === 'password') {
      answers.set(name, await findPassword(argument, { ...prompt, username, ...input }, deps));
    } else {
      const answer = await findOptionalAnswer(argument, prompt, deps);
      if (answer !== '') answers.set(name, prompt.isHidden ? new Secret(answer) : answer);
    }
  }
  return { answers, username };
}

interface Prompt {
  readonly text: string;
  readonly isHidden: boolean;
  readonly hint: string;
}

async function findUsername(
  argument: string | undefined,
  { text, hint }: Prompt,
  { terminal, env }: Deps,
): Promise<string> {
  const username =
    argument ?? env.TPKS_USERNAME ?? (await terminal.prompt({ message: text, hint }));
  if (username.trim() !== '') return username;
  throw new TpksError('usage', 'The username is empty', { hint });
}

async function findPassword(
  argument: string | undefined,
  {
    text,
    username,
    passwordStdin,
    target: { api, uaa },
  }: Prompt & PromptInput & { readonly username: string | undefined },
  { secrets }: Deps,
): Promise<Secret> {
  return secrets.find({
    value: argument,
    valueFlag: 'the username',
    file: passwordStdin && '-',
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username ?? '', api, uaa },
    prompt: text,
    rejectEmpty: true,
  });
}

/** Without a terminal, the UAA may still accept the request without this value. */
async function findOptionalAnswer(
  argument: string | undefined,
  { text, isHidden, hint }: Prompt,
  { terminal }: Deps,
): Promise<string> {
  if (argument !== undefined || !terminal.canPrompt()) return argument ?? '';
  return terminal.prompt({ message: text, hidden: isHidden, hint });
}

type RefreshDeps = GetTokenDeps & Pick<Services, 'session' | 'uaaContext'>;

interface RefreshFlags extends GetTokenFlags {
  readonly refreshToken?: string | undefined;
  readonly client?: string;
}

export const refresh: Leaf = {
  define(command, deps: RefreshDeps) {
    addGetTokenOptions(
      command
        .addArgument(
          withStdin(new Argument('[refreshtoken]', 'refresh token to use instead; - for stdin')),
        )
        .addOption(
          withUaaNames(
            new Option(
              '-c, --client <id>',
              'client of the refresh token (default: the client of the context)',
            ),
            'clients',
          ),
        ),
    )
      .description(
        'Renew the token of the current context now. tpks renews tokens automatically before they ' +
          'expire, so this is rarely needed. With a refresh token as the argument, get a token with it ' +
          'and use it for the uaa commands.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa token refresh')
      .action((refreshToken: string | undefined, flags: RefreshFlags) =>
        renewToken({ refreshToken, ...flags }, deps),
      );
  },
};

export async function renewToken(input: RefreshFlags, deps: RefreshDeps): Promise<void> {
  if (input.refreshToken !== undefined)
    return getTokenFromRefreshToken(input.refreshToken, input, deps);
  const context = await deps.uaaContext();
  const session = deps.session(context);
  const stored = await session.readStored();
  const hasChanges = [input.client, input.secret, input.secretFile, input.scope, input.format].some(
    (flag) => flag !== undefined,
  );
  if (hasChanges && stored !== undefined) return renewWithChanges(input, context, stored, deps);
  // The session sends only one request if several processes renew the token at the same time.
  await session.accessToken({ rejected: stored?.accessToken });
  const renewed = await session.readStored();
  if (renewed === undefined) return;
  await deps.terminal.show(
    tokenView({
      name: context.name,
      context,
      grantLabel: context.grant === 'client_credentials' ? 'client credentials' : 'refresh',
      scope: renewed.scope,
      expiresAt: new Date(renewed.expiresAt),
      storeDescription: await deps.logins.describe(context.store),
    }),
  );
}

/** Renews the token with other scopes, in another format, or as another client. */
async function renewWithChanges(
  input: RefreshFlags,
  context: Context,
  stored: StoredSession,
  deps: RefreshDeps,
): Promise<void> {
  const { refreshToken } = stored;
  if (refreshToken === undefined) throw noRefreshTokenError(context);
  const { store, name, identity, grant, tokenFormat } = context;
  const defaults = {
    name: input.name ?? name,
    ...(store === 'none' ? {} : { store: input.store ?? store }),
    ...(stored.clientSecret === undefined ? {} : { saveSecret: true as const }),
  };
  const format = input.format ?? tokenFormat;
  const findCredentials = async ({ api, uaa }: ResolvedTarget) => {
    const clientId = input.client ?? context.clientId;
    const recipient = { name: clientId, api, uaa };
    const typedSecret = await findClientSecretWithoutPrompt(recipient, input, deps);
    const clientSecret = typedSecret ?? findStoredSecret(context, stored);
    const kind = 'refresh_token' as const;
    return {
      clientId,
      clientSecret,
      grant: { kind, refreshToken, originalGrant: grant, identity },
    };
  };
  const flags = { ...input, ...defaults, ...(format === undefined ? {} : { format }) };
  return getToken(flags, findCredentials, deps);
}

function getTokenFromRefreshToken(
  argument: string,
  input: RefreshFlags,
  deps: RefreshDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps, 'use --client');
    const refreshToken = await readTokenArgument(argument, deps.terminal);
    const originalGrant = readOriginalGrant(refreshToken);
    return { ...client, grant: { kind: 'refresh_token', refreshToken, originalGrant } as const };
  };
  return getToken(input, findCredentials, deps);
}

/** The grant that the refresh token was issued for; `password` if the token does not contain it. */
function readOriginalGrant(refreshToken: Secret): GrantKind {
  const grant = readClaims(refreshToken)?.['grant_type'];
  return grant === 'authorization_code' ? grant : 'password';
}

function findStoredSecret(context: Context, { clientSecret }: StoredSession): Secret | undefined {
  if (clientSecret !== undefined) return clientSecret;
  return context.isPublicClient === true ? undefined : new Secret('');
}

function noRefreshTokenError({ name, grant, clientId }: Context): TpksError {
  const isClient = grant === 'client_credentials';
  return new TpksError('unauthenticated', `The context ${name} has no refresh token`, {
    hint: isClient
      ? `get a new token: tpks uaa token client get ${clientId}`
      : 'get a new token: tpks uaa token --help',
  });
}
