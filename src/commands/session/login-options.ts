import { Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type { BrowserOptions } from '../../domain/auth/authorization.js';
import type { Installation } from '../../domain/contexts/installation.js';
import type { Trust } from '../../platform/http/send.js';
import { parseSeconds } from '../numbers.js';
import { readCaCertOption, withInputFile, withStdin } from '../stdin-inputs.js';

/** The options that select an installation, as commander parses them. */
export interface InstallationOptions {
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
    .addOption(
      withInputFile(
        new Option(
          '--ca-cert <path>',
          'PEM file of the CA to trust, - for stdin; tpks keeps a copy [TPKS_CA_CERT]',
        ),
      ),
    )
    .option('-k, --skip-ssl-validation', 'do not verify TLS certificates (dangerous)')
    .addOption(new Option('--skip-ssl-verification').hideHelp());
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
