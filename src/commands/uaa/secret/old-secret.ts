import { Option, type Command } from 'commander';
import type { Recipient } from '../../../contexts/recipient.js';
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

type Deps = Pick<Services, 'secrets'>;

/**
 * The secret of now, asked for where it was not given.
 * @param recipient - whose it is, so that the environment's secret of another is not taken.
 */
export async function oldSecret(
  recipient: Recipient | undefined,
  { old_secret: value, oldSecretFile: file }: OldSecretFlags,
  { secrets }: Deps,
): Promise<Secret> {
  return (await secrets()).find({
    value,
    valueFlag: '--old_secret',
    file,
    fileFlag: '--old-secret-file',
    ...(recipient && { variable: 'TPKS_CLIENT_SECRET', recipient }),
    prompt: 'Current client secret: ',
  });
}

/** @returns `undefined` where it was not given: who administers clients needs none. */
export async function givenOldSecret(
  flags: OldSecretFlags,
  deps: Deps,
): Promise<Secret | undefined> {
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return isGiven ? oldSecret(undefined, flags, deps) : undefined;
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
