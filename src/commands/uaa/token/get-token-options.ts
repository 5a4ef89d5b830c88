import { Option, type Command } from 'commander';
import type { BrowserOptions } from '../../../auth/request-token.js';
import type { Services } from '../../../services.js';
import { withInputFile } from '../../stdin-inputs.js';
import { integerParser } from '../../numbers.js';
import {
  addBrowserOptions,
  createBrowserOptions,
  loopbackPorts,
  type BrowserFlags,
} from '../../session/browser-options.js';
import { parseWordList } from '../../word-list.js';
import { rejectZoneOptions } from '../zone-options.js';

/** Flags of every command that gets a token. */
export interface GetTokenFlags extends SecretFlags {
  readonly saveSecret?: true;
  readonly scope?: readonly string[];
  readonly format?: 'opaque' | 'jwt';
  readonly store?: string;
  readonly name?: string;
}

/** The secret of a UAA client. */
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
      withInputFile(
        new Option(
          '--secret-file <path>',
          'read the client secret from this file; - for stdin [TPKS_CLIENT_SECRET]',
        ),
      ).conflicts('secret'),
    );
}

/** Adds the options for the token and its context. Grants without a client secret need no others. */
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
    .addOption(
      new Option('--store <store>', 'where to store the session key [TPKS_STORE]').choices([
        'keychain',
        'file',
      ]),
    );
}

/** Flags of the commands that open a browser. */
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
