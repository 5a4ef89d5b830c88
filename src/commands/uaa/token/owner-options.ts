import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { TokenOwnerKey } from '../../../uaa/tokens/token-records.js';
import { loadUsers } from '../resources.js';

/** Whose tokens a command is about. */
export interface OwnerFlags {
  readonly user?: string;
  readonly origin?: string;
  readonly client?: string;
}

export function addOwnerOptions(command: Command): Command {
  return command
    .option('--user <name>', 'those of a user')
    .option('--origin <origin>', 'identity provider of the user, where a name exists in several')
    .option('--client <id>', 'those of a UAA client; with --user, of the user through it');
}

/** @returns `undefined` if no user is named. @throws {TpksError} `notFound` for an unknown user */
export async function ownerOf(
  { user, origin, client }: OwnerFlags,
  { uaaResource }: Pick<Services, 'uaaResource'>,
): Promise<TokenOwnerKey | undefined> {
  if (user === undefined && origin !== undefined) {
    throw new TpksError('usage', '--origin says which user is meant, and none is named', {
      hint: 'use --user NAME --origin ORIGIN',
    });
  }
  if (user === undefined && client === undefined) return undefined;
  const userId =
    user === undefined
      ? undefined
      : await (await uaaResource(loadUsers)).idOf({ name: user, origin });
  return { userId, clientId: client };
}
