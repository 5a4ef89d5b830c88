import { drainSummary, type DrainFlags } from './drain-settings.js';
import type { SettingFlags } from './settings.js';

export interface UpdateFlags extends SettingFlags, DrainFlags {
  readonly enforceComputeProfileUpdate?: boolean;
}

/** What is to be changed, before the question. @see pks-cli, section 8.4 */
export function updateSummary(name: string, flags: UpdateFlags): string[] {
  const lines: [label: string, value: string | undefined][] = [
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
  const others: [label: string, value: string | undefined][] = [
    ['Tags', flags.tags?.trim() === '' ? 'none' : flags.tags],
    ['Config File', flags.configFile],
    ['Private Registries', flags.privateRegistries],
  ];
  const shown = (pairs: typeof lines): string[] =>
    pairs.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`]));
  return [
    `Update summary for cluster ${name}:`,
    ...shown(lines),
    ...drainSummary(flags),
    ...shown(others),
  ];
}
