import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';

/** Where the secret of now comes from, as typed; `--old-secret` means the same as `--old_secret`. */
export interface OldSecretFlags {
  readonly old_secret?: string;
  readonly oldSecretFile?: string;
}

export function addOldSecret(command: Command, help: string): Command {
  const dashed = new Option('--old-secret <secret>').hideHelp();
  dashed.attributeName = () => 'old_secret';
  return command
    .option('--old_secret <secret>', `${help} (others may see it)`)
    .addOption(dashed)
    .addOption(
      withFileNames(
        new Option('--old-secret-file <path>', 'file with it; - is stdin [TPKS_CLIENT_SECRET]'),
      ).conflicts('old_secret'),
    );
}

type Deps = Pick<Services, 'secrets' | 'env'>;

/**
 * The secret of now, asked for where it was not given. What is in the environment counts for the
 * client that is named there, if one is.
 */
export async function oldSecret(
  id: string,
  { old_secret: value, oldSecretFile: file }: OldSecretFlags,
  { secrets, env }: Deps,
): Promise<Secret> {
  const named = env['TPKS_CLIENT_NAME'];
  return (await secrets()).find({
    value,
    valueFlag: '--old_secret',
    file,
    fileFlag: '--old-secret-file',
    variable: !named || named === id ? 'TPKS_CLIENT_SECRET' : undefined,
    prompt: 'Current client secret: ',
  });
}

/** @returns `undefined` where it was not given: who administers clients needs none. */
export async function givenOldSecret(
  id: string,
  flags: OldSecretFlags,
  deps: Deps,
): Promise<Secret | undefined> {
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return isGiven ? oldSecret(id, flags, deps) : undefined;
}

/** @throws {TpksError} `usage` when both secrets are to come from stdin, which is read once. */
export function checkStdin(
  { oldSecretFile }: OldSecretFlags,
  { secretFile }: { readonly secretFile?: string },
): void {
  if (oldSecretFile !== '-' || secretFile !== '-') return;
  throw new TpksError('usage', 'Both secrets are to come from stdin', {
    hint: 'give one of them in a file or a variable',
  });
}
