import type { Command } from 'commander';
import { TpksError } from '../../errors.js';
import { confirmDestruction, type ConfirmDeps } from '../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { programName } from '../program-name.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { nothingChanged } from './begun.js';
import { changeCluster, type ChangeDeps } from './change-cluster.js';
import { clusterName } from './cluster-name.js';
import { sizeOptions, tagsOption } from './setting-options.js';
import { readSettings, toChange, type SettingFlags, type Settings } from './settings.js';

type Deps = ChangeDeps & ConfirmDeps;

type ResizeFlags = Pick<SettingFlags, 'numNodes' | 'nodePoolInstances' | 'tags'>;

interface Input extends ResizeFlags, WaitFlags, Writing {
  readonly name: string;
  readonly program: string;
}

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Change the number of worker nodes of a cluster. update-cluster can do this as well.',
    )
    .addArgument(nameArgument(clusterName, deps));
  for (const option of [...sizeOptions(), tagsOption(), ...waitOptions(), dryRunOption()]) {
    command.addOption(option);
  }
  command
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks resize dev-1 --num-nodes 3\n  $ tpks resize dev-1 -n 3 --wait --json --non-interactive',
    )
    .action((name: string, flags: ResizeFlags & WaitFlags & Writing) =>
      showingDryRun(() => resize({ name, ...flags, program: programName(command) }, deps), deps),
    );
}

/** Asks, and starts to change the number of workers. */
export async function resize(input: Input, deps: Deps): Promise<void> {
  const { name, wait = false, dryRun = false } = input;
  const change = toChange(await readSize(input));
  if (!dryRun) {
    if (deps.terminal.wantsJson() && !wait) throw jsonNeedsWait();
    const size = input.numNodes ?? input.nodePoolInstances ?? '';
    const question = `Are you sure you want to resize cluster ${name} to ${size}? (y/n): `;
    const find = async () => (await deps.clusters()).get(name, { details: false });
    if (!(await confirmDestruction(question, find, deps))) {
      nothingChanged(deps);
      return;
    }
  }
  await changeCluster({ ...input, change, newer: input }, deps);
}

async function readSize(input: Input): Promise<Settings> {
  return readSettings(input, [
    () => {
      if (input.numNodes !== undefined || input.nodePoolInstances !== undefined) return;
      throw new TpksError('usage', 'The new size is missing', { hint: 'give it with --num-nodes' });
    },
  ]);
}

/** The API's response to a resize is empty. @see pks-cli, section 14 */
function jsonNeedsWait(): TpksError {
  return new TpksError('usage', '--json works only with --wait here', {
    hint: 'the API answers a resize with nothing: add --wait, or look with tpks cluster NAME --json',
  });
}
