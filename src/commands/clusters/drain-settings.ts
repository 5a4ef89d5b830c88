import { Option } from 'commander';
import { anyNumber, checkWholeNumber } from '../numbers.js';
import type { Check } from './settings.js';

/** How nodes are drained. The values are strings, also in requests. */
export interface DrainFlags {
  readonly kubeletDrainTimeout?: string;
  readonly kubeletDrainGracePeriod?: string;
  readonly kubeletDrainForce?: string;
  readonly kubeletDrainIgnoreDaemonsets?: string;
  readonly kubeletDrainDeleteLocalData?: string;
  readonly kubeletDrainForceNode?: string;
}

interface Setting {
  readonly key: keyof DrainFlags;
  /** In the API. The flag and the label in the summary have the same words. */
  readonly field: `kubelet_drain_${string}`;
  readonly help: string;
  readonly isCount?: true;
}

/** In the order of the summary. @see pks-cli, sections 2.3 and 8.4 */
const settings: readonly Setting[] = [
  {
    key: 'kubeletDrainTimeout',
    field: 'kubelet_drain_timeout',
    help: 'minutes that a node may take to be drained; 0 = any',
    isCount: true,
  },
  {
    key: 'kubeletDrainGracePeriod',
    field: 'kubelet_drain_grace_period',
    help: 'seconds that a pod gets to end; -1 = as the pod says',
    isCount: true,
  },
  {
    key: 'kubeletDrainForce',
    field: 'kubelet_drain_force',
    help: 'drain also pods that nobody would start again',
  },
  {
    key: 'kubeletDrainIgnoreDaemonsets',
    field: 'kubelet_drain_ignore_daemonsets',
    help: 'ignore pods of DaemonSets',
  },
  {
    key: 'kubeletDrainDeleteLocalData',
    field: 'kubelet_drain_delete_local_data',
    help: 'also drain pods with local data, which is deleted',
  },
  {
    key: 'kubeletDrainForceNode',
    field: 'kubelet_drain_force_node',
    help: 'continue if pods are left after the timeout',
  },
];

function flagOf({ field: member }: Setting): string {
  return `--${member.replaceAll('_', '-')}`;
}

function labelOf({ field: member }: Setting): string {
  const words = member.split('_');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ');
}

export function drainOptions(): Option[] {
  return settings.map((setting) =>
    setting.isCount
      ? new Option(`${flagOf(setting)} <number>`, setting.help)
      : new Option(`${flagOf(setting)} <boolean>`, setting.help).choices(['true', 'false']),
  );
}

export function drainChecks(flags: DrainFlags): Check[] {
  return selectGiven(flags).map(({ setting, value }) => () => {
    if (setting.isCount) checkWholeNumber(flagOf(setting), value, anyNumber);
  });
}

/** The settings in the API's spelling. */
export function drainParameters(flags: DrainFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(selectGiven(flags).map(({ setting, value }) => [setting.field, value]));
}

/** Fields that a file must not set as well, with the flag that sets each. */
export function drainFieldFlags(flags: DrainFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    selectGiven(flags).map(({ setting }) => [setting.field, flagOf(setting)]),
  );
}

export function drainSummary(flags: DrainFlags): string[] {
  return selectGiven(flags).map(({ setting, value }) => `${labelOf(setting)}: ${value}`);
}

function selectGiven(flags: DrainFlags): { readonly setting: Setting; readonly value: string }[] {
  return settings.flatMap((setting) => {
    const value = flags[setting.key];
    return value === undefined ? [] : [{ setting, value }];
  });
}
