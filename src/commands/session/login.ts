import { Option, type Command } from 'commander';
import type { FinishedLogin } from '../../auth/login.js';
import type { LoginMethod } from '../../auth/login-method.js';
import { withFileNames } from '../../completion/completer.js';
import { installationOptions, type Installation } from '../../contexts/installation.js';
import { isTpksError, TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { shellWord } from '../../shell-word.js';
import { addBrowserOptions } from './browser-options.js';
import {
  findCredentials,
  selectMethod,
  hasIdentityFlags,
  ownerOf,
  type LoginFlags,
} from './login-credentials.js';
import { loginView } from './login-view.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'env'
  | 'options'
  | 'installation'
  | 'logins'
  | 'secrets'
  | 'publicUaaResource'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Log in to a PKS / TKGI installation and store the session, encrypted, for later commands.',
    )
    .option('-a, --api <host>', 'the PKS API, e.g. api.example.com [TPKS_API]')
    .option('-u, --username <name>', 'log in as this user [TPKS_USERNAME]')
    .option('-p, --password <password>', 'its password; others can see it: better not here')
    .addOption(
      new Option(
        '--password-stdin',
        'read the password from standard input [TPKS_PASSWORD]',
      ).conflicts('password'),
    )
    .option('--client-name <name>', 'log in as this UAA client [TPKS_CLIENT_NAME]')
    .option('--client-secret <secret>', 'its secret; - reads standard input')
    .addOption(
      withFileNames(
        new Option(
          '--client-secret-file <path>',
          'file with the secret; - is standard input',
        ).conflicts('clientSecret'),
      ),
    )
    .option('--save-secret', 'keep the client’s secret too, encrypted, to renew the token')
    .option('--sso', 'log in with a code from the UAA’s passcode page')
    .option('--sso-auto', 'log in with a browser on this machine')
    .option('--sso-passcode <code>', 'the code itself');
  addBrowserOptions(command)
    .option('--uaa-url <url>', 'the UAA, where it is not the same host on 8443 [TPKS_UAA_URL]')
    .addOption(
      withFileNames(
        new Option('--ca-cert <path>', 'PEM file of the CA to trust, copied [TPKS_CA_CERT]'),
      ),
    )
    .option('-k, --skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
    .addOption(new Option('--skip-ssl-verification').hideHelp())
    .option('--name <context>', 'name of the context (USER@HOST)')
    .addOption(
      new Option('--store <where>', 'where the session’s key is kept [TPKS_STORE]').choices([
        'keychain',
        'file',
      ]),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ tpks login -a api.example.com -u cody --ca-cert ca.pem
  $ tpks login -a api.example.com --client-name ci --client-secret-file ci.secret
  $ tpks login -a api.example.com --sso`,
    )
    .action((flags: LoginFlags) => login(flags, deps));
}

export async function login(flags: LoginFlags, deps: Deps): Promise<void> {
  const { terminal } = deps;
  if (flags.skipSslVerification === true) {
    terminal.note('Flag --skip-ssl-verification has been deprecated, use --skip-ssl-validation');
  }
  const renews = findContextToRenew(flags, deps);
  const target = await findTarget(flags, renews, deps);
  const logins = await deps.logins();
  const method = await selectMethod(flags, renews, deps);
  const { name, store } = flags;
  const attempt = await logins.start({
    ...{ target, name, store, renews },
    owner: ownerOf(method),
    pointer: 'current',
  });
  const finish = async (method: LoginMethod): Promise<FinishedLogin> =>
    attempt.finish({
      ...(await findCredentials(method, flags, target, deps)),
      savesSecret: flags.saveSecret,
    });
  const finished = await finish(method).catch((error: unknown) => {
    if (!isTpksError(error) || error.oauthError !== 'redirect_uri_mismatch') throw error;
    terminal.note(`${error.message}: a one-time code is used instead.`);
    return finish({ kind: 'passcode' });
  });
  await terminal.show(
    loginView({
      ...finished,
      typedApi: flags.api ?? new URL(target.api).host,
      isSecretStored: flags.saveSecret === true,
      now: deps.clock.now(),
    }),
  );
}

async function findTarget(
  flags: LoginFlags,
  renews: string | undefined,
  { installation, options }: Deps,
) {
  const target = await installation({
    api: flags.api,
    uaaUrl: flags.uaaUrl,
    context: options().context,
    caCert: flags.caCert,
    skipTlsVerification: flags.skipSslValidation === true || flags.skipSslVerification === true,
  });
  return { ...target, trustCommand: createTrustCommand(flags, renews, target) };
}

/** The same login with another CA. */
function createTrustCommand(
  flags: LoginFlags,
  renews: string | undefined,
  installation: Installation,
): string {
  const { username, clientName, sso, ssoAuto, name, store } = flags;
  const option = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [`${flag} ${shellWord(value)}`];
  return [
    'tpks login',
    renews === undefined ? installationOptions(installation) : `--context ${shellWord(renews)}`,
    ...option('-u', username),
    ...option('--client-name', clientName),
    ...(sso === true ? ['--sso'] : []),
    ...(ssoAuto === true ? ['--sso-auto'] : []),
    ...option('--name', name),
    ...option('--store', store),
    '--ca-cert FILE',
  ].join(' ');
}

/** The context of `--context`, or of TPKS_CONTEXT if nothing on the command line names another one. */
function findContextToRenew(flags: LoginFlags, { options, env }: Deps): string | undefined {
  const { context } = options();
  if (context === undefined) {
    const isNamed = [flags.api, flags.uaaUrl, flags.name].some((value) => value !== undefined);
    return isNamed || hasIdentityFlags(flags) ? undefined : env.TPKS_CONTEXT;
  }
  if (flags.name === undefined || flags.name === context) return context;
  throw new TpksError('usage', '--context and --name name two contexts', {
    hint: 'use --context to renew a context, or --name to create one',
  });
}
