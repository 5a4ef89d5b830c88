import { Option, type Command } from 'commander';
import type { Recipient } from '../../../contexts/recipient.js';
import { withFileNames } from '../../../completion/completer.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';

/** Where the current secret comes from; `--old-secret` is the same as `--old_secret`. */
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
        new Option(
          '--old-secret-file <path>',
          'file that contains it; - is stdin [TPKS_CLIENT_SECRET]',
        ),
      ).conflicts('old_secret'),
    );
}

type Deps = Pick<Services, 'secrets'>;

/**
 * The current secret; prompts for it if it was not given.
 * @param recipient - its owner, so that the environment's secret of another client is not used.
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

/** @returns `undefined` if it was not given: administrators of clients do not need it. */
export async function givenOldSecret(
  flags: OldSecretFlags,
  deps: Deps,
): Promise<Secret | undefined> {
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return isGiven ? oldSecret(undefined, flags, deps) : undefined;
}
