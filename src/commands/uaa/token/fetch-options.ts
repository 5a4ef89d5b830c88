import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import { wordList } from '../../word-list.js';
import { withoutZone } from '../zone-options.js';

/** Flags of every command that gets a token. */
export interface FetchFlags extends SecretFlags {
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

export function addFetchOptions(command: Command): Command {
  return addKeepOptions(
    addSecretOptions(command).option(
      '--save-secret',
      'keep the client’s secret too, encrypted, to renew the token',
    ),
  );
}

export function addSecretOptions(command: Command): Command {
  return command
    .option('-s, --secret <secret>', 'the client’s secret (others on this machine may see it)')
    .addOption(
      withFileNames(
        new Option('--secret-file <path>', 'file with it; - is stdin [TPKS_CLIENT_SECRET]'),
      ).conflicts('secret'),
    );
}

/** What the token is to be, and where it is kept; for clients without a secret these alone. */
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
