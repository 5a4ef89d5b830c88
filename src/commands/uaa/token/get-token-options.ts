import { Option, type Command } from 'commander';
import type { BrowserOptions } from '../../../auth/request-token.js';
import { withFileNames } from '../../../completion/completer.js';
import type { Services } from '../../../services.js';
import { wholeNumber } from '../../numbers.js';
import {
  addBrowserOptions,
  browserGrant,
  loopbackPorts,
  type BrowserFlags,
} from '../../session/browser-options.js';
import { wordList } from '../../word-list.js';
import { withoutZone } from '../zone-options.js';

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
  return addKeepOptions(
    addSecretOptions(command).option(
      '--save-secret',
      'store the client’s secret too, encrypted, to renew the token',
    ),
  );
}

export function addSecretOptions(command: Command): Command {
  return command
    .option('-s, --secret <secret>', 'the client’s secret (others on this machine may see it)')
    .addOption(
      withFileNames(
        new Option(
          '--secret-file <path>',
          'file that contains it; - is stdin [TPKS_CLIENT_SECRET]',
        ),
      ).conflicts('secret'),
    );
}

/** Options of the token and its context; the only ones for clients without a secret. */
export function addKeepOptions(command: Command): Command {
  return withoutZone(command)
    .option('--scope <list>', 'only these scopes; all that are allowed if absent', wordList)
    .addOption(
      new Option('--format <form>', 'opaque: tokens that only the UAA can read').choices([
        'opaque',
        'jwt',
      ]),
    )
    .option('--name <context>', 'name of the context (IDENTITY@HOST)')
    .addOption(
      new Option('--store <where>', 'where the session’s key is kept [TPKS_STORE]').choices([
        'keychain',
        'file',
      ]),
    );
}

/** Flags of the commands that open a browser. */
export interface PortFlags extends BrowserFlags {
  readonly port?: number;
  /** Of `uaac`, which also wrote a file for the old `cf`. */
  readonly cf?: boolean;
}

export function addPortOptions(command: Command): Command {
  return addBrowserOptions(
    command
      .option(
        '--port <port>',
        `port for the redirect on this machine (${loopbackPorts.join(', ')}; 0 is any free one)`,
        wholeNumber({ from: 0, to: 65_535 }),
      )
      .addOption(new Option('--cf').hideHelp())
      .addOption(new Option('--no-cf').hideHelp()),
  );
}

/** The browser part of a grant. @throws {TpksError} `usage` under `--non-interactive` */
export function uaaBrowserGrant(
  flags: PortFlags,
  { options, terminal }: Pick<Services, 'options' | 'terminal'>,
  details: Pick<BrowserOptions, 'path' | 'withoutBrowser'>,
): BrowserOptions {
  if (flags.cf === true) terminal.warn('--cf does nothing here: no ~/.cf_token is written');
  const insteadUse = 'use tpks uaa token client get or owner get';
  return browserGrant(flags, { options }, { ...details, insteadUse });
}
