import { Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { FinishedLogin, LoginMethod } from '../../domain/auth/login.js';
import {
  formatInstallationOptions,
  type Installation,
} from '../../domain/contexts/installation.js';
import { formatDetails } from '../../platform/terminal/lines.js';
import type { View } from '../../platform/terminal/terminal.js';
import { formatTime } from '../format-time.js';
import { requiresRead, formatExamples } from '../resource/list-command.js';
import { withInputFile, withStdin } from '../stdin-inputs.js';
import { findCredentials, withPasscodeFallback } from './credentials.js';
import { hasIdentityFlags, ownerOf, selectMethod } from './login-method.js';
import {
  type LoginFlags,
  addInstallationOptions,
  addSsoOptions,
  readInstallation,
  storeOption,
  passwordStdinOption,
} from './login-options.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'env'
  | 'link'
  | 'options'
  | 'installation'
  | 'logins'
  | 'secrets'
  | 'publicUaaRequest'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Log in to a PKS / TKGI installation as a user or a UAA client, and store the encrypted ' +
        `session for later commands. ${requiresRead}`,
    )
    .option('-a, --api <host>', 'PKS API, e.g. api.example.com [TPKS_API]')
    .option('-u, --username <name>', 'log in as this user [TPKS_USERNAME]')
    .option('-p, --password <password>', 'password (visible to other users of this machine)')
    .addOption(passwordStdinOption().conflicts('password'))
    .option('--client-name <name>', 'log in as this UAA client [TPKS_CLIENT_NAME]')
    .addOption(
      withStdin(
        new Option(
          '--client-secret <secret>',
          'client secret; - for stdin (visible to other users of this machine)',
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
    .option('--save-secret', 'also store the client secret, encrypted, to renew the token later');
  addInstallationOptions(addSsoOptions(command))
    .option('--name <context>', 'name of the context (default: IDENTITY@HOST)')
    .addOption(storeOption())
    .option('--write-creds', 'also store the tokens in plain text in creds.yml [TPKS_PKS_CREDS]')
    .addHelpText(
      'after',
      formatExamples([
        'login -a localhost -u cody --ca-cert ca.pem',
        'login -a localhost --client-name ci --client-secret-file ci.secret',
        'login -a api.example.com --sso',
      ]),
    )
    .action((flags: LoginFlags) => login(flags, deps));
}

export async function login(flags: LoginFlags, deps: Deps): Promise<void> {
  const { terminal, link } = deps;
  const renewedContext = findContextToRenew(flags, deps);
  const target = await findTarget(flags, renewedContext, deps);
  const method = await selectMethod(flags, renewedContext, deps);
  const { name, store } = flags;
  const attempt = await deps.logins.start({
    target,
    name,
    store,
    renewedContext,
    owner: ownerOf(method),
    role: 'pks',
  });
  // The original CLI prints an empty line before the password prompt, if any, else before the result.
  const firstLines = [''];
  const beforePassword = () => {
    if (!link.imitatesPks || !terminal.canPrompt()) return;
    for (const line of firstLines.splice(0)) terminal.note(line);
  };
  const finish = async (usedMethod: LoginMethod): Promise<FinishedLogin> =>
    attempt.finish({
      ...(await findCredentials(usedMethod, flags, target, deps, { beforePassword })),
      saveSecret: flags.saveSecret,
      writeCreds: flags.writeCreds,
    });
  const finished = await withPasscodeFallback(method, finish, terminal);
  await terminal.show(
    loginView({
      ...finished,
      typedApi: flags.api ?? new URL(target.api).host,
      isSecretStored: flags.saveSecret === true,
      now: deps.clock.now(),
      firstLines,
      showsOnlyOriginalLines: link.imitatesPks,
    }),
  );
}

async function findTarget(flags: LoginFlags, renewedContext: string | undefined, deps: Deps) {
  const target = await readInstallation(flags, deps);
  return { ...target, trustCommand: createTrustCommand(flags, renewedContext, target) };
}

/** Returns the command line that repeats this login with another CA. */
function createTrustCommand(
  flags: LoginFlags,
  renewedContext: string | undefined,
  installation: Installation,
): string {
  const { username, clientName, sso, ssoAuto, name, store } = flags;
  const option = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [`${flag} ${quoteForShell(value)}`];
  return [
    'tpks login',
    renewedContext === undefined
      ? formatInstallationOptions(installation)
      : `--context ${quoteForShell(renewedContext)}`,
    ...option('-u', username),
    ...option('--client-name', clientName),
    ...(sso === true ? ['--sso'] : []),
    ...(ssoAuto === true ? ['--sso-auto'] : []),
    ...option('--name', name),
    ...option('--store', store),
    '--ca-cert FILE',
  ].join(' ');
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

interface LoginViewInput extends FinishedLogin {
  /** The value of `-a`; the original CLI prints it unchanged. */
  readonly typedApi: string;
  readonly isSecretStored: boolean;
  readonly now: Date;
  /** The empty line, unless it was printed before the password prompt. */
  readonly firstLines: readonly string[];
  readonly showsOnlyOriginalLines: boolean;
}

/** Shows the lines of the original CLI first. @see pks-cli, section 3.3 */
function loginView(input: LoginViewInput): View {
  const { name, context, token, typedApi, storeDescription, pksCredsPath, now } = input;
  const accessEnd = new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000);
  const serverNow = new Date(now.getTime() + token.clockOffsetSeconds * 1000);
  const refreshEnd = token.refreshExpiresAt;
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
    text: [
      ...input.firstLines,
      `API Endpoint: ${typedApi}`,
      `User: ${context.identity}`,
      'Login successful.',
      '',
      ...(input.showsOnlyOriginalLines
        ? []
        : formatDetails([
            ['Context', name],
            ['Session store', storeDescription],
            ...(pksCredsPath === undefined ? [] : [['Plain-text copy', pksCredsPath] as const]),
            ['Access token expires', formatTime(accessEnd, serverNow)],
            ['Renewal', describeRenewal(input, serverNow)],
          ])),
    ],
  };
}

function describeRenewal({ token, isSecretStored }: LoginViewInput, serverNow: Date): string {
  if (isSecretStored) return 'automatic, with the stored client secret';
  if (token.refreshToken === undefined) return 'none: log in again when the token has expired';
  const end = token.refreshExpiresAt;
  return end === undefined
    ? 'automatic, until the UAA rejects the refresh token'
    : `automatic until ${formatTime(end, serverNow)}`;
}
