import { Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Installation } from '../../domain/contexts/installation.js';
import type { Trust } from '../../platform/http/send.js';
import { readCaCertOption, withInputFile, withStdin } from '../stdin-inputs.js';
import {
  type BrowserFlags,
  addBrowserOptions,
  defaultBrowserTimeoutSeconds,
} from './browser-options.js';

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

/** Adds the options for logins of CI jobs. */
export function addCiOptions(command: Command): Command {
  return command
    .option('--ci', 'log in with the ID token of the current CI job [TPKS_CI_LOGIN]')
    .addOption(
      withInputFile(
        new Option(
          '--id-token-file <path>',
          'read the ID token of the job from this file; - for stdin',
        ),
      ),
    )
    .addOption(
      withStdin(
        new Option('--id-token-stdin', 'read the ID token from stdin [TPKS_ID_TOKEN]').conflicts(
          'idTokenFile',
        ),
        true,
      ),
    )
    .option(
      '--audience <audience>',
      'audience of the ID token (default: the URL of the UAA) [TPKS_AUDIENCE]',
    )
    .option('--show-claims', 'show the claims of the ID token instead of logging in');
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

/** @throws {TpksError} `usage` if no API address is known, or for a CA that cannot be read. */
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

export interface LoginFlags extends BrowserFlags, InstallationOptions {
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly passwordCommand?: string;
  readonly clientName?: string;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly clientSecretCommand?: string;
  readonly clientKeyFile?: string;
  readonly saveSecret?: boolean;
  readonly writeCreds?: boolean;
  readonly sso?: boolean;
  readonly ssoAuto?: boolean;
  readonly ssoPasscode?: string;
  readonly ci?: boolean;
  readonly audience?: string;
  readonly idTokenFile?: string;
  readonly idTokenStdin?: boolean;
  readonly showClaims?: boolean;
  readonly name?: string;
  readonly store?: string;
}

/**
 * Formats the options of a login, so that a hint can repeat the command. The caller adds the addresses. Secrets and
 * commands that print them are omitted, because tpks prompts for secrets.
 */
export function formatLoginFlags(flags: LoginFlags): readonly string[] {
  const { clientSecret, ssoPasscode, browserTimeout } = flags;
  const isCodeGiven = ssoPasscode !== undefined && ssoPasscode !== '-';
  const isDefaultTimeout = browserTimeout === defaultBrowserTimeoutSeconds;
  return formatFlags({
    '-u': flags.username,
    '--password-stdin': flags.passwordStdin,
    '--client-name': flags.clientName,
    '--client-secret': clientSecret === '-' ? '-' : undefined,
    '--client-secret-file': flags.clientSecretFile,
    '--client-key-file': flags.clientKeyFile,
    '--save-secret': flags.saveSecret,
    '--sso': flags.sso ?? (isCodeGiven && flags.ssoAuto !== true),
    '--sso-passcode': ssoPasscode === '-' ? '-' : undefined,
    '--sso-auto': flags.ssoAuto,
    '--ci': flags.ci,
    '--audience': flags.audience,
    '--id-token-file': flags.idTokenFile,
    '--id-token-stdin': flags.idTokenStdin,
    '--no-browser': !flags.browser,
    '--browser-timeout': isDefaultTimeout ? undefined : String(browserTimeout),
    '--name': flags.name,
    '--store': flags.store,
    '--write-creds': flags.writeCreds,
    '--ca-cert': flags.caCert,
  });
}

/** Formats the options that were given; the value of a flag is `true`. */
export function formatFlags(
  values: Readonly<Record<string, string | boolean | undefined>>,
): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [name] : [`${name} ${quoteForShell(value)}`];
  });
}
