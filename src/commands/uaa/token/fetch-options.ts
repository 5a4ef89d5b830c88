import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import { wordList } from '../arguments.js';

/** Flags of every command that gets a token. */
export interface FetchFlags {
  readonly secret?: string;
  readonly secretFile?: string;
  readonly saveSecret?: true;
  readonly scope?: readonly string[];
  readonly store?: string;
  readonly name?: string;
}

export function addFetchOptions(command: Command): Command {
  return command
    .option('-s, --secret <secret>', 'the client’s secret (others on this machine may see it)')
    .addOption(
      withFileNames(
        new Option('--secret-file <path>', 'file with it; - is stdin [TPKS_CLIENT_SECRET]'),
      ).conflicts('secret'),
    )
    .option('--save-secret', 'keep the client’s secret too, encrypted, to renew the token')
    .option('--scope <list>', 'only these scopes; all that are allowed if absent', wordList)
    .option('--name <context>', 'name of the context (IDENTITY@HOST)')
    .addOption(
      new Option('--store <where>', 'where the session’s key is kept [TPKS_STORE]').choices([
        'keychain',
        'file',
      ]),
    );
}
