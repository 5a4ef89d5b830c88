import { Option, type Command } from 'commander';
import { TpksError } from '../../errors.js';
import type { ClusterChange } from '../../pks/clusters.js';
import { confirmChange, type ConfirmDeps } from '../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { programName } from '../program-name.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { nothingChanged } from './begun.js';
import { changeCluster, type ChangeDeps } from './change-cluster.js';
import { clusterName } from './cluster-name.js';
import { drainChecks, drainMembers, drainOptions, drainParameters } from './drain-settings.js';
import { settingOptions } from './setting-options.js';
import { readSettings, toChange } from './settings.js';
import { updateSummary, type UpdateFlags } from './update-summary.js';

type Deps = ChangeDeps & ConfirmDeps;

interface Input extends UpdateFlags, WaitFlags, Writing {
  readonly name: string;
  readonly program: string;
}

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Change the size, profiles, tags or drain settings of a cluster. --tags replaces all tags, and ' +
        '--tags "" removes them.',
    )
    .addArgument(nameArgument(clusterName, deps));
  for (const option of [
    ...settingOptions(deps),
    ...drainOptions(),
    new Option(
      '--enforce-compute-profile-update',
      'apply the compute profile again, as it is now (TKGI 1.16)',
    ),
    ...waitOptions(),
    dryRunOption(),
  ]) {
    command.addOption(option);
  }
  command
    .addHelpText(
      'after',
      `
Examples:
  $ tpks update-cluster dev-1 --num-nodes 4 --kubelet-drain-timeout 1
  $ tpks update-cluster dev-1 --tags client:example.com --non-interactive --wait`,
    )
    .action((name: string, flags: UpdateFlags & WaitFlags & Writing) =>
      showingDryRun(
        () => updateCluster({ name, ...flags, program: programName(command) }, deps),
        deps,
      ),
    );
}

/** Tells what is to be changed, asks, and begins to change it. */
export async function updateCluster(input: Input, deps: Deps): Promise<void> {
  const { name, dryRun = false } = input;
  const change = await readChange(input);
  if (!dryRun) {
    for (const line of updateSummary(name, input)) deps.terminal.note(line);
    if (!(await confirmChange('Are you sure you want to continue? (y/n): ', deps))) {
      nothingChanged(deps);
      return;
    }
  }
  await changeCluster({ ...input, change, newer: input }, deps);
}

async function readChange(input: Input): Promise<ClusterChange> {
  const settings = await readSettings(input, drainChecks(input), drainMembers(input));
  const change = {
    ...toChange(settings),
    ...drainParameters(input),
    ...(input.enforceComputeProfileUpdate === true ? { enforce_compute_profile_update: true } : {}),
  };
  if (Object.keys(change).length > 0) return change;
  throw new TpksError('usage', 'There is nothing to change', {
    hint: 'give a flag such as --num-nodes 4 or --tags team:blue: tpks update-cluster --help',
  });
}
