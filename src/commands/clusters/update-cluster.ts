import { Option } from 'commander';
import { TpksError } from '../../errors.js';
import type { ClusterUpdate } from '../../pks/clusters.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import { requiresWrite } from '../resource/list-command.js';
import { startUpdate, type UpdateDeps } from './start-update.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import {
  drainChecks,
  drainFieldFlags,
  drainOptions,
  drainParameters,
  drainSummary,
  type DrainFlags,
} from './drain-settings.js';
import { readSettings, settingOptions, toUpdate, type SettingFlags } from './settings.js';

type Deps = UpdateDeps & ConfirmDeps;

interface Input extends SettingFlags, DrainFlags, OperationInput {
  readonly enforceComputeProfileUpdate?: boolean;
}

export const { define } = clusterCommand({
  description:
    'Update the size, profiles, tags or drain settings of a cluster. --tags replaces all tags, and ' +
    `--tags "" removes them. ${requiresWrite}`,
  examples: [
    'update-cluster dev-1 --num-nodes 4 --kubelet-drain-timeout 1',
    'update-cluster dev-1 --tags client:example.com --non-interactive --wait',
  ],
  options: (services) => [
    ...settingOptions(services),
    ...drainOptions(),
    new Option(
      '--enforce-compute-profile-update',
      'apply the current version of the compute profile (TKGI 1.16+)',
    ),
  ],
  run: updateCluster,
});

/** Shows the changes, asks for confirmation and starts the update. */
export async function updateCluster(input: Input, deps: Deps): Promise<void> {
  const update = await readUpdate(input, deps);
  if (input.dryRun !== true) {
    await deps.terminal.announce(formatSummary(input));
    const question = 'Are you sure you want to continue? (y/n): ';
    const find = async () => (await deps.clusters()).get(input.name, { details: false });
    if (!(await confirmDestructiveChange({ question, find }, deps))) return;
  }
  await startUpdate({ ...input, update }, deps);
}

async function readUpdate(input: Input, deps: Pick<Deps, 'terminal'>): Promise<ClusterUpdate> {
  const settings = await readSettings(
    input,
    deps.terminal,
    drainChecks(input),
    drainFieldFlags(input),
  );
  const update = {
    ...toUpdate(settings),
    ...drainParameters(input),
    ...(input.enforceComputeProfileUpdate === true ? { enforce_compute_profile_update: true } : {}),
  };
  if (Object.keys(update).length > 0) return update;
  throw new TpksError('usage', 'Nothing to update', {
    hint: 'add an option such as --num-nodes 4 or --tags team:blue: tpks update-cluster --help',
  });
}

/** Formats the changes for the confirmation prompt. @see pks-cli, section 8.4 */
function formatSummary({ name, ...flags }: Input): string[] {
  type Row = [label: string, value: string | undefined];
  const beforeDrainSettings: Row[] = [
    ['Worker Number', flags.numNodes],
    ['Node Pool Instances', flags.nodePoolInstances],
    ['Network Profile Name', flags.networkProfile],
    ['Kubernetes Profile Name', flags.kubernetesProfile],
    ['Compute Profile Name', flags.computeProfile],
    [
      'Enforce Compute Profile Update',
      flags.enforceComputeProfileUpdate === true ? 'true' : undefined,
    ],
  ];
  const afterDrainSettings: Row[] = [
    ['Tags', flags.tags?.trim() === '' ? 'none' : flags.tags],
    ['Config File', flags.configFile],
    ['Private Registries', flags.privateRegistries],
  ];
  const format = (rows: readonly Row[]): string[] =>
    rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`]));
  return [
    `Update summary for cluster ${name}:`,
    ...format(beforeDrainSettings),
    ...drainSummary(flags),
    ...format(afterDrainSettings),
  ];
}
