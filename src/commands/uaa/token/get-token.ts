import { type Command, Option } from 'commander';
import type { Services } from '../../../app/services.js';
import { formatInstant } from '../../../base/clock.js';
import { TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret.js';
import type { BrowserOptions } from '../../../domain/auth/browser-login.js';
import type { FinishedLogin, LoginRequest } from '../../../domain/auth/login.js';
import type { SecretInput } from '../../../domain/auth/secrets.js';
import type { Recipient } from '../../../domain/contexts/identity.js';
import type { Terminal, View } from '../../../platform/terminal/terminal.js';
import { integerParser, joinScopes, parseWordList } from '../../option-values.js';
import {
  addBrowserOptions,
  type BrowserFlags,
  createBrowserOptions,
  loopbackPorts,
} from '../../session/browser-options.js';
import { storeOption } from '../../session/login-options.js';
import { secretFileOption } from '../new-secret.js';
import { readName } from '../objects.js';
import { rejectZoneOptions } from '../options.js';
import { requireTarget, type ResolvedTarget, type TargetDeps } from '../resolve-target.js';

export interface GetTokenFlags extends SecretFlags {
  readonly saveSecret?: true;
  readonly keyFile?: string;
  readonly scope?: readonly string[];
  readonly format?: 'opaque' | 'jwt';
  readonly store?: string;
  readonly name?: string;
}

export interface SecretFlags {
  readonly secret?: string;
  readonly secretFile?: string;
}

export function addGetTokenOptions(command: Command): Command {
  return addTokenOptions(
    addSecretOptions(command).option(
      '--save-secret',
      'also store the client secret, encrypted, to renew the token later',
    ),
  );
}

export function addSecretOptions(command: Command): Command {
  return command
    .option('-s, --secret <secret>', 'client secret (visible to other users of this machine)')
    .addOption(
      secretFileOption('--secret-file', 'client secret', 'TPKS_CLIENT_SECRET').conflicts('secret'),
    );
}

/** Adds the options for the token and its context. Grants without a client secret need only these options. */
export function addTokenOptions(command: Command): Command {
  return rejectZoneOptions(command)
    .option('--scope <list>', 'scopes to request (default: all that are allowed)', parseWordList)
    .addOption(
      new Option(
        '--format <format>',
        'token format; only the UAA can decode opaque tokens',
      ).choices(['opaque', 'jwt']),
    )
    .option('--name <context>', 'name of the context (default: IDENTITY@HOST)')
    .addOption(storeOption());
}

export interface BrowserGrantFlags extends BrowserFlags {
  readonly port?: number;
  /** In `uaac`, this also writes the token to `~/.cf_token`. */
  readonly cf?: boolean;
}

export function addBrowserGrantOptions(command: Command): Command {
  return addBrowserOptions(
    command
      .option(
        '--port <port>',
        `local port for the redirect; 0 for any free port (default: first free one of ${loopbackPorts.join(', ')})`,
        integerParser({ from: 0, to: 65_535 }),
      )
      .addOption(new Option('--cf').hideHelp())
      .addOption(new Option('--no-cf').hideHelp()),
  );
}

/** Converts flags to the browser options of a grant. @throws {TpksError} `usage` with `--non-interactive` */
export function toBrowserOptions(
  flags: BrowserGrantFlags,
  { options, terminal }: Pick<Services, 'options' | 'terminal'>,
  details: Pick<BrowserOptions, 'path' | 'browserlessCommand'>,
): BrowserOptions {
  if (flags.cf === true) terminal.warn('--cf is ignored: tpks does not write ~/.cf_token');
  const alternative = 'use tpks uaa token client get or tpks uaa token owner get';
  return createBrowserOptions(flags, { options }, { ...details, alternative });
}

type CredentialDeps = Pick<Services, 'env' | 'terminal' | 'secrets'>;

/**
 * Finds the id: the argument or flag, then `TPKS_CLIENT_NAME`, then a prompt.
 * @param advice - how to pass the id without a prompt, for the hint.
 */
export function findClientId(
  value: string | undefined,
  { env, terminal }: Pick<CredentialDeps, 'env' | 'terminal'>,
  advice = 'pass the client as the argument',
): Promise<string> {
  const clientId = value ?? env.TPKS_CLIENT_NAME;
  const hint = `${advice}, or set TPKS_CLIENT_NAME`;
  return readName(clientId, { label: 'Client ID', hint }, terminal);
}

/** The default client of the implicit grant, as in `uaac`. */
export const defaultImplicitClient = 'cf';

export async function findClient(
  value: string | undefined,
  { api, uaa }: ResolvedTarget,
  flags: SecretFlags,
  deps: CredentialDeps,
  advice?: string,
) {
  const clientId = await findClientId(value, deps, advice);
  const clientSecret = await deps.secrets.find(toSecretInput({ name: clientId, api, uaa }, flags));
  return { clientId, clientSecret };
}

/**
 * Where to find the secret of a client: a flag, then `TPKS_CLIENT_SECRET`, then a prompt. If the environment
 * also names a client or a UAA, the variable is used only for that client or UAA.
 */
export function toSecretInput(
  recipient: Recipient,
  { secret, secretFile }: SecretFlags,
): SecretInput {
  return {
    value: secret,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: 'TPKS_CLIENT_SECRET',
    recipient,
    prompt: 'Client secret: ',
  };
}

/**
 * Reads a token or its id; `-` means stdin. Warns about a token on the command line.
 * @throws {TpksError} `usage` for an empty token.
 */
export async function readTokenArgument(
  argument: string,
  terminal: Pick<Terminal, 'readStdin' | 'warn'>,
): Promise<Secret> {
  const text = argument === '-' ? (await terminal.readStdin('the token')).trim() : argument;
  if (text === '') {
    throw new TpksError('usage', 'The token is empty', {
      hint: 'pass a token as the argument, or - to read it from stdin',
    });
  }
  if (argument !== '-') {
    terminal.warn(
      'a token on the command line is visible to other users of this machine; use - to read it from stdin',
    );
  }
  return new Secret(text);
}

export type GetTokenDeps = TargetDeps & Pick<Services, 'logins' | 'secrets'>;

type Credentials = Pick<LoginRequest, 'clientId' | 'clientSecret' | 'clientKey' | 'grant'>;

/**
 * Gets a token, stores it as a context, and selects that context for the uaa commands.
 * @param findCredentials - may prompt for secrets, so it is called only after the store was tested.
 */
export async function getToken(
  flags: GetTokenFlags,
  findCredentials: (target: ResolvedTarget) => Credentials | Promise<Credentials>,
  deps: GetTokenDeps,
): Promise<void> {
  const target = await requireTarget(deps);
  const { name, store } = flags;
  const started = await deps.logins.start({ target, name, store, role: 'uaa' });
  const credentials = await findCredentials(target);
  const finished = await started.finish({
    ...credentials,
    scope: joinScopes(flags.scope),
    tokenFormat: flags.format,
    saveSecret: flags.saveSecret,
  });
  const { token } = finished;
  await deps.terminal.show(
    tokenView({
      ...finished,
      grantLabel: grantLabels[credentials.grant.kind],
      scope: token.scope,
      expiresAt: new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000),
    }),
  );
}

/** Names of the grants in the output of `uaac`, which scripts may match on. */
const grantLabels: Readonly<Record<LoginRequest['grant']['kind'], string>> = {
  client_credentials: 'client credentials',
  password: 'owner password',
  passcode: 'owner passcode',
  authorization_code: 'authorization code',
  jwt_bearer: 'JWT bearer',
  implicit: 'implicit',
  posted_credentials: 'implicit (with posted credentials)',
  refresh_token: 'refresh',
};

interface TokenViewInput extends Pick<FinishedLogin, 'name' | 'storeDescription'> {
  readonly context: Omit<FinishedLogin['context'], 'store'> & { readonly store: string };
  readonly grantLabel: string;
  /** Granted scopes, separated by spaces. */
  readonly scope: string;
  readonly expiresAt: Date;
}

/** Formats the result like `uaac`, with the location of the session. Never contains the token. */
export function tokenView(input: TokenViewInput): View {
  const { name, context, storeDescription, grantLabel, scope, expiresAt } = input;
  const { uaa, identity, clientId, grant, store } = context;
  return {
    json: {
      context: name,
      uaa,
      identity,
      clientId,
      grant,
      store,
      scopes: scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: formatInstant(expiresAt),
    },
    text: [
      '',
      `Successfully fetched token via ${grantLabel} grant.`,
      `Target: ${uaa}`,
      `Context: ${name}, from client ${clientId}`,
      `Stored in: ${storeDescription}`,
      '',
    ],
  };
}
