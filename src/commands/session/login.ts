import { Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { once } from '../../base/lazy.js';
import { defaultCiClient, hostOf } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { adviseTrust, readJob } from '../../domain/auth/ci/exchange.js';
import { credentialsRejected, isWrongPassword } from '../../domain/auth/login-errors.js';
import type { FinishedLogin, LoginMethod } from '../../domain/auth/login.js';
import { createDefaultName } from '../../domain/contexts/context-names.js';
import { findIdentities } from '../../domain/contexts/current-installation.js';
import {
  formatApi,
  formatInstallationOptions,
  type Installation,
  withHost,
} from '../../domain/contexts/installation.js';
import type { Settings } from '../../platform/config/settings.js';
import { formatDetails } from '../../platform/terminal/lines.js';
import { fitDetails, fitLines } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { formatTime } from '../format-time.js';
import { requiresRead } from '../resource/list-command.js';
import { withInputFile, withStdin } from '../stdin-inputs.js';
import { claimsView } from '../uaa/token/claims.js';
import { findCredentials, selectIdTokenSource, withPasscodeFallback } from './credentials.js';
import { hasIdentityFlags, ownerOf, selectMethod } from './login-method.js';
import {
  type LoginFlags,
  addCiOptions,
  addInstallationOptions,
  addSsoOptions,
  formatLoginFlags,
  readInstallation,
  storeOption,
  passwordStdinOption,
} from './login-options.js';
import {
  ask,
  askForApi,
  askForFileStore,
  askToTrustCa,
  checkUaa,
  findKnownUser,
  type QuestionDeps,
} from './login-questions.js';

type Deps = QuestionDeps &
  Pick<Services, 'clock' | 'link' | 'installation' | 'secrets' | 'idTokens'>;

export const description =
  'Log in to a PKS / TKGI installation as a user or a UAA client, and store the encrypted ' +
  `session for later commands. ${requiresRead}`;

export const examples = {
  'log in as a user; prompts for the password': 'tpks login -a localhost -u cody --ca-cert ca.pem',
  'log in as a UAA client':
    'tpks login -a localhost --client-name ci --client-secret-file ci.secret',
  'log in with single sign-on': 'tpks login -a api.example.com --sso',
  'log in with the ID token of the current CI job': 'tpks login -a api.example.com --ci',
};

export function define(command: Command, deps: Deps): void {
  command
    .optionsGroup('Server options:')
    .option('-a, --api <host>', 'PKS API, e.g. api.example.com [TPKS_API]');
  command
    .optionsGroup('Identity options:')
    .option('-u, --username <name>', 'log in as this user [TPKS_USERNAME]')
    .option('-p, --password <password>', 'password (visible to other users of this machine)')
    .addOption(passwordStdinOption().conflicts('password'))
    .addOption(
      new Option(
        '--password-command <command>',
        'read the password from the output of this command [TPKS_PASSWORD_COMMAND]',
      ).conflicts(['password', 'passwordStdin']),
    )
    .option('--client-name <name>', 'log in as this UAA client [TPKS_CLIENT_NAME]')
    .addOption(
      withStdin(
        new Option(
          '--client-secret <secret>',
          'client secret (visible to other users of this machine), or - for stdin',
        ),
      ),
    )
    .addOption(
      withInputFile(
        new Option(
          '--client-secret-file <path>',
          'read the client secret from this file; - for stdin',
        ).conflicts('clientSecret'),
      ),
    )
    .addOption(
      new Option(
        '--client-secret-command <command>',
        'read the client secret from the output of this command [TPKS_CLIENT_SECRET_COMMAND]',
      ).conflicts(['clientSecret', 'clientSecretFile']),
    )
    .addOption(
      withInputFile(
        new Option(
          '--client-key-file <path>',
          'use the private key in this file instead of a secret; - for stdin [TPKS_CLIENT_KEY_FILE]',
        ).conflicts(['clientSecret', 'clientSecretFile', 'clientSecretCommand', 'saveSecret']),
      ),
    )
    .option('--save-secret', 'also store the client secret, encrypted, to renew the token later');
  addSsoOptions(command.optionsGroup('Single sign-on options:'));
  addCiOptions(command.optionsGroup('CI options:'));
  addInstallationOptions(command.optionsGroup('Server options:'));
  command
    .optionsGroup('Storage options:')
    .option('--name <context>', 'name of the context (default: IDENTITY@HOST)')
    .addOption(storeOption())
    .option('--write-creds', 'also store the tokens in plain text in creds.yml [TPKS_PKS_CREDS]');
  command
    .optionsGroup('Other options:')
    .helpOption('-h, --help', 'show help')
    .action((flags: LoginFlags) =>
      flags.showClaims === true ? showClaims(flags, deps) : login(flags, deps),
    );
}

export async function login(flags: LoginFlags, deps: Deps): Promise<void> {
  const { terminal, link, settings } = deps;
  const before = await settings.read();
  const finished = await logInWithPrompts(flags, deps);
  if (flags.store === 'keychain' && before.defaultStore !== undefined) {
    await settings.update((current) => ({ ...current, defaultStore: undefined }));
  }
  await terminal.show(
    loginView({
      ...finished,
      isSecretStored: flags.saveSecret === true,
      now: deps.clock.now(),
      previousContext: findIdentities(before).pks,
      showsOnlyOriginalLines: link.imitatesPks,
    }),
  );
}

/** Shows the claims of the job, and the command that lets it log in. */
async function showClaims(flags: LoginFlags, deps: Deps): Promise<void> {
  const { terminal, clock, env } = deps;
  const target = await readInstallation(flags, deps);
  const source = selectIdTokenSource(flags, target, env.TPKS_AUDIENCE);
  const job = readJob(await deps.idTokens.find(source));
  const clientId = flags.clientName ?? env.TPKS_CLIENT_NAME ?? defaultCiClient;
  terminal.note(adviseTrust(job, { uaa: target.uaa, clientId }, 'To trust this job, run'));
  await terminal.show(claimsView(job.claims, clock.now()));
}

interface CompletedLogin extends FinishedLogin {
  /** The value of `-a`; the original CLI prints it unchanged. */
  readonly typedApi: string;
  /** The empty line, unless it was printed before the password prompt. */
  readonly firstLines: readonly string[];
}

/** On a terminal, asks for everything that is missing, except if run as pks or tkgi. */
async function logInWithPrompts(typed: LoginFlags, deps: Deps): Promise<CompletedLogin> {
  const renewedContext = findContextToRenew(typed, deps);
  const isGuided = deps.terminal.canPrompt() && !deps.link.imitatesPks;
  const flags = isGuided ? await askForApi(typed, deps) : typed;
  const target = await findTarget(flags, renewedContext, deps);
  const attempt = { flags, target, renewedContext, isGuided, answers: {} };
  if (!isGuided) return tryToLogIn(attempt, deps);
  const mayAskForCa = target.caCert === undefined && !target.skipTlsVerification;
  for (let { caCert } = target; ;) {
    try {
      return await tryToLogIn({ ...attempt, target: { ...target, caCert } }, deps);
    } catch (error) {
      if (!mayAskForCa) throw error;
      // No secret was sent, so the login starts again with this CA.
      caCert = await askToTrustCa(error, { ...target, caCert }, deps);
    }
  }
}

interface LoginAttempt {
  readonly flags: LoginFlags;
  readonly target: Awaited<ReturnType<typeof findTarget>>;
  readonly renewedContext: string | undefined;
  readonly isGuided: boolean;
  /** Kept if the login starts again. */
  readonly answers: { store?: 'file' };
}

async function tryToLogIn(attempt: LoginAttempt, deps: Deps): Promise<CompletedLogin> {
  const { flags, target, renewedContext, isGuided } = attempt;
  const { terminal, link } = deps;
  // Both CAs must be trusted before a secret is sent to the UAA.
  if (isGuided) await deps.certificates.verify(target.api, target);
  const check = once(async () => (isGuided ? checkUaa(target, deps) : undefined));
  const method = await selectMethod(flags, renewedContext, {
    ...deps,
    askForUsername: async () => {
      await check();
      const known = isGuided ? await findKnownUser(target, deps) : undefined;
      return ask('Username', known, terminal, 'use --username or TPKS_USERNAME');
    },
  });
  const started = await startLogin(method, attempt, deps);
  // The original CLI prints an empty line before the password prompt, if any, else before the result.
  const firstLines = [''];
  let isPrompted = false;
  const beforePrompt = async () => {
    const info = await check();
    isPrompted = true;
    if (method.kind === 'password' && link.imitatesPks && terminal.canPrompt()) {
      for (const line of firstLines.splice(0)) terminal.note(line);
    }
    return info;
  };
  const server = isGuided ? formatApi(target.api) : undefined;
  const finish = async (usedMethod: LoginMethod): Promise<FinishedLogin> =>
    started.finish({
      ...(await findCredentials(usedMethod, flags, target, deps, { beforePrompt, server })),
      saveSecret: flags.saveSecret,
      writeCreds: flags.writeCreds,
    });
  const finished = await withPasscodeFallback(
    method,
    (usedMethod) =>
      withRepeatedPrompt(() => finish(usedMethod), {
        mayRepeat: () => isGuided && isPrompted && usedMethod.kind === 'password',
        note: terminal.note,
      }),
    terminal,
  );
  return { ...finished, typedApi: flags.api ?? hostOf(target.api), firstLines };
}

/** Tests the store. On a terminal without a usable keychain, offers to store keys in files instead. */
async function startLogin(method: LoginMethod, attempt: LoginAttempt, deps: Deps) {
  const { flags, target, renewedContext, isGuided, answers } = attempt;
  const { name, store = answers.store } = flags;
  const owner = ownerOf(method);
  const options = { target, name, store, renewedContext, owner, role: 'pks' } as const;
  try {
    return await deps.logins.start(options);
  } catch (error) {
    if (!isGuided || (store ?? deps.env.TPKS_STORE) !== undefined) throw error;
    answers.store = await askForFileStore(error, deps);
    return deps.logins.start({ ...options, store: answers.store });
  }
}

/** The UAA locks an account after five failed logins. */
const maximumAttempts = 3;

/** Prompts again after a wrong password. */
async function withRepeatedPrompt<T>(
  logIn: () => Promise<T>,
  { mayRepeat, note }: { readonly mayRepeat: () => boolean; readonly note: (text: string) => void },
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await logIn();
    } catch (error) {
      if (attempts === maximumAttempts || !mayRepeat() || !isWrongPassword(error)) throw error;
      note(credentialsRejected);
    }
  }
}

async function findTarget(flags: LoginFlags, renewedContext: string | undefined, deps: Deps) {
  const target = await readInstallation(flags, deps);
  const allFlags = withContextFlags(flags, renewedContext, await deps.settings.read());
  return {
    ...target,
    trustCommand: createTrustCommand(flags, renewedContext, target),
    formatHostCommand: createHostCommand(allFlags, target),
  };
}

/** Returns the command line that repeats this login with another CA. */
function createTrustCommand(
  flags: LoginFlags,
  renewedContext: string | undefined,
  installation: Installation,
): string {
  const address =
    renewedContext === undefined
      ? formatInstallationOptions(installation)
      : `--context ${quoteForShell(renewedContext)}`;
  return formatRepeatedLogin(address, { ...flags, caCert: 'FILE' });
}

/** Returns a function that formats this login with another host for the server at a URL. */
function createHostCommand(flags: LoginFlags, installation: Installation) {
  return (url: string, host: string): string =>
    formatRepeatedLogin(formatInstallationOptions(withHost(installation, url, host)), flags);
}

/** Adds the options that replace `--context`, which selects the old addresses. */
function withContextFlags(flags: LoginFlags, name = '', { contexts }: Settings): LoginFlags {
  const context = getOwnValue(contexts, name);
  if (context === undefined) return flags;
  const { identity, grant, store, clientKeyFile } = context;
  const identityFlags = {
    client_credentials: {
      clientName: identity,
      ...(clientKeyFile === undefined ? {} : { clientKeyFile }),
    },
    password: { username: identity },
    passcode: { sso: true },
    authorization_code: { ssoAuto: true },
    implicit: { ssoAuto: true },
    jwt_bearer: { ci: true },
  }[grant];
  return {
    ...(hasIdentityFlags(flags) ? {} : identityFlags),
    ...(name === createDefaultName(context, {}) ? {} : { name }),
    ...(store === 'file' ? { store } : {}),
    ...flags,
  };
}

function formatRepeatedLogin(address: string, flags: LoginFlags): string {
  return ['tpks login', address, ...formatLoginFlags(flags)].join(' ');
}

/** `TPKS_CONTEXT` counts only if no option selects another context or identity. */
function findContextToRenew(flags: LoginFlags, { options, env }: Deps): string | undefined {
  const { context } = options();
  if (context === undefined) {
    const isNamed = [flags.api, flags.uaaUrl, flags.name].some((value) => value !== undefined);
    return isNamed || hasIdentityFlags(flags) ? undefined : env.TPKS_CONTEXT;
  }
  if (flags.name === undefined || flags.name === context) return context;
  throw new TpksError('usage', '--context and --name select different contexts', {
    hint: 'use --context to renew a context, or --name to create one',
  });
}

interface LoginViewInput extends CompletedLogin {
  readonly isSecretStored: boolean;
  readonly now: Date;
  /** The context that PKS commands used before; `undefined` if there was none. */
  readonly previousContext: string | undefined;
  readonly showsOnlyOriginalLines: boolean;
}

/** Shows the lines of the original CLI first. @see docs/contributing/servers/pks-cli.md#login */
function loginView(input: LoginViewInput): View {
  const { name, context, token, typedApi, storeDescription, pksCredsPath, now } = input;
  const accessEnd = new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000);
  const serverNow = new Date(now.getTime() + token.clockOffsetSeconds * 1000);
  const refreshEnd = token.refreshExpiresAt;
  const lines = [
    ...input.firstLines,
    `API Endpoint: ${typedApi}`,
    `User: ${context.identity}`,
    'Login successful.',
    '',
  ];
  const rows: readonly (readonly [string, string])[] = [
    ['Context', `${name} (${describeChange(input)})`],
    ['Session store', storeDescription],
    ...(pksCredsPath === undefined ? [] : [['Plain-text copy', pksCredsPath] as const]),
    ['Access token expires', formatTime(accessEnd, serverNow)],
    ['Renewal', describeRenewal(input, serverNow)],
  ];
  return {
    json: {
      context: name,
      identity: context.identity,
      grant: context.grant,
      api: context.api,
      uaa: context.uaa,
      store: context.store,
      plainTextCopy: pksCredsPath ?? null,
      scopes: token.scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: formatInstant(accessEnd),
      refreshTokenExpiresAt: refreshEnd === undefined ? null : formatInstant(refreshEnd),
    },
    text: [...lines, ...(input.showsOnlyOriginalLines ? [] : formatDetails(rows))],
    screen: (width) => [...fitLines(lines, width), ...fitDetails(rows, width)],
  };
}

function describeChange({ name, previousContext }: LoginViewInput): string {
  return previousContext === undefined || previousContext === name
    ? 'current'
    : `current; before: ${previousContext}`;
}

function describeRenewal(
  { context, token, isSecretStored }: LoginViewInput,
  serverNow: Date,
): string {
  const { clientKeyFile, idToken } = context;
  if (clientKeyFile !== undefined) return `automatic, with the key in ${clientKeyFile}`;
  if (isSecretStored) return 'automatic, with the stored client secret';
  if (idToken?.file !== undefined) return `automatic, with the ID token in ${idToken.file}`;
  if (context.grant === 'jwt_bearer') return 'automatic in the CI job, with its ID token';
  if (token.refreshToken === undefined) return 'none: log in again when the token has expired';
  const end = token.refreshExpiresAt;
  return end === undefined
    ? 'automatic, until the UAA rejects the refresh token'
    : `automatic until ${formatTime(end, serverNow)}`;
}
