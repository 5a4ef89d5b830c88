import { Option, type Command } from 'commander';
import type { Installation } from '../../contexts/installation.js';
import { withFileNames } from '../../completion/completer.js';
import type { Token } from '../../auth/token.js';
import { isTpksError, reworded } from '../../errors.js';
import type { Services, Trust } from '../../services.js';
import { addBrowserOptions } from './browser-options.js';
import { lockedHint } from './locked-account.js';
import { loginView } from './login-view.js';
import { grantOf, type LoginFlags, type Who } from './login-who.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'env'
  | 'options'
  | 'settings'
  | 'installations'
  | 'logins'
  | 'secrets'
  | 'grants'
  | 'browserLogin'
  | 'send'
  | 'probeApi'
  | 'info'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Logs in to a PKS / TKGI installation and keeps the session, encrypted, for later commands.',
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
  const { at, trust } = await targetOf(flags, deps);
  if (trust.skipTlsVerification) {
    terminal.warn(`TLS certificates of ${at.api} are not verified`);
  }
  const logins = await deps.logins();
  const store = logins.lastingStore(flags.store);
  const prepared = await logins.prepare(store, flags.name);

  const who = await grantOf(flags, { at, trust }, deps);
  const token = await who.token().catch((error: unknown) => {
    throw rejected(error, who, at);
  });
  await probe(at, trust, token, who, deps);

  const saved = await prepared.save(
    {
      ...at,
      ...trust,
      identity: who.identity,
      grant: who.grant,
      clientId: who.clientId,
      name: flags.name,
      clientSecret: flags.saveSecret === true ? who.secret : undefined,
      makeCurrent: 'current',
    },
    token,
  );
  // The lines for people say it themselves.
  if (store === 'file' && terminal.wantsJson()) {
    terminal.warn(`the session is kept in a ${logins.describe('file')}`);
  }
  await terminal.show(
    loginView({
      ...saved,
      token,
      typedApi: flags.api ?? new URL(at.api).host,
      storeDescription: logins.describe(store),
      isSecretStored: flags.saveSecret === true,
      now: deps.clock.now(),
    }),
  );
}

async function targetOf(
  flags: LoginFlags,
  { installations, options }: Deps,
): Promise<{ readonly at: Installation; readonly trust: Trust }> {
  const { resolve } = await installations();
  return resolve({
    api: flags.api,
    uaaUrl: flags.uaaUrl,
    context: options().context,
    caCert: flags.caCert,
    skipTlsVerification: flags.skipSslValidation === true || flags.skipSslVerification === true,
  });
}

/** A login succeeds only if there is a PKS API that accepts the token. */
async function probe(
  at: Installation,
  trust: Trust,
  { accessToken }: Token,
  who: Who,
  deps: Deps,
): Promise<void> {
  const [probeApi, send] = await Promise.all([deps.probeApi(), deps.send(trust)]);
  const headers = { authorization: `Bearer ${accessToken}` };
  const input = {
    api: at.api,
    identity: who.identity,
    isClient: who.grant === 'client_credentials',
  };
  await probeApi(
    (request) => send({ ...request, headers: { ...request.headers, ...headers } }),
    input,
  ).catch((error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    throw reworded(error, {
      message: credentialsRejected,
      hint: `the UAA accepted them, but the API at ${at.api} rejects the token: check that ${at.uaa} is its UAA`,
    });
  });
}

/** The original's words, which scripts look for. */
const credentialsRejected = 'Credentials were rejected, please try again.';

function rejected(error: unknown, who: Who, { uaa }: Installation): unknown {
  if (!isTpksError(error) || error.kind !== 'unauthenticated') return error;
  // What went wrong in the browser is told already.
  if (error.hint !== undefined) return error;
  const plain = /^bad credentials$/i.test(error.message);
  const why = plain ? '' : ` (${error.message})`;
  const advice =
    plain || who.grant === 'passcode' ? who.advice : `${who.advice}; the UAA is ${uaa}`;
  return reworded(error, {
    message: `${credentialsRejected}${why}`,
    hint:
      (who.grant === 'password' ? lockedHint(error.message, who.identity) : undefined) ?? advice,
  });
}
