import { Option, type Command } from 'commander';
import type { Recipient } from '../../../contexts/recipient.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { withInputFile } from '../../stdin-inputs.js';

/** Sources of the current secret. `--old-secret` is accepted as another spelling of `--old_secret`. */
export interface OldSecretFlags {
  readonly old_secret?: string;
  readonly oldSecretFile?: string;
}

/** @param variable - environment variable that is also read, for the help. */
export function addOldSecretOptions(command: Command, help: string, variable?: string): Command {
  const dashed = new Option('--old-secret <secret>').hideHelp();
  dashed.attributeName = () => 'old_secret';
  return command
    .option('--old_secret <secret>', `${help} (visible to other users of this machine)`)
    .addOption(dashed)
    .addOption(
      withInputFile(
        new Option(
          '--old-secret-file <path>',
          'read the current client secret from this file; - for stdin' +
            (variable === undefined ? '' : ` [${variable}]`),
        ),
      ).conflicts('old_secret'),
    );
}

type Deps = Pick<Services, 'secrets'>;

/**
 * Reads the current secret: from a flag, then `TPKS_CLIENT_SECRET`, then a prompt.
 * @param recipient - the client and UAA that the secret is for; the variable is used only if it is
 *   meant for them. `undefined` ignores the variable.
 */
export async function readOldSecret(
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

/**
 * Reads the current secret from a flag, without prompting.
 * @returns `undefined` without a flag: the scope clients.admin does not require the current secret.
 */
export async function readOptionalOldSecret(
  flags: OldSecretFlags,
  deps: Deps,
): Promise<Secret | undefined> {
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return isGiven ? readOldSecret(undefined, flags, deps) : undefined;
}
