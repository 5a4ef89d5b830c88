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
  readonly flag: string;
  /** In the API. */
  readonly member: string;
  /** In the summary. */
  readonly label: string;
  readonly help: string;
  readonly isCount?: true;
}

/** In the order in which the summary tells them. @see pks-cli, sections 2.3 and 8.4 */
const settings: readonly Setting[] = [
  {
    key: 'kubeletDrainTimeout',
    flag: '--kubelet-drain-timeout',
    member: 'kubelet_drain_timeout',
    label: 'Kubelet Drain Timeout',
    help: 'minutes that a node may take to be drained; 0 = any',
    isCount: true,
  },
  {
    key: 'kubeletDrainGracePeriod',
    flag: '--kubelet-drain-grace-period',
    member: 'kubelet_drain_grace_period',
    label: 'Kubelet Drain Grace Period',
    help: 'seconds that a pod gets to end; -1 = as the pod says',
    isCount: true,
  },
  {
    key: 'kubeletDrainForce',
    flag: '--kubelet-drain-force',
    member: 'kubelet_drain_force',
    label: 'Kubelet Drain Force',
    help: 'drain also pods that nobody would start again',
  },
  {
    key: 'kubeletDrainIgnoreDaemonsets',
    flag: '--kubelet-drain-ignore-daemonsets',
    member: 'kubelet_drain_ignore_daemonsets',
    label: 'Kubelet Drain Ignore Daemonsets',
    help: 'ignore pods of DaemonSets',
  },
  {
    key: 'kubeletDrainDeleteLocalData',
    flag: '--kubelet-drain-delete-local-data',
    member: 'kubelet_drain_delete_local_data',
    label: 'Kubelet Drain Delete Local Data',
    help: 'also drain pods with local data, which is deleted',
  },
  {
    key: 'kubeletDrainForceNode',
    flag: '--kubelet-drain-force-node',
    member: 'kubelet_drain_force_node',
    label: 'Kubelet Drain Force Node',
    help: 'continue if pods are left after the timeout',
  },
];

export function drainOptions(): Option[] {
  return settings.map(({ flag, help, isCount }) =>
    isCount
      ? new Option(`${flag} <number>`, help)
      : new Option(`${flag} <boolean>`, help).choices(['true', 'false']),
  );
}

export function drainChecks(flags: DrainFlags): Check[] {
  return settings.map(({ key, flag, isCount }) => () => {
    const value = flags[key];
    if (value !== undefined && isCount === true) checkWholeNumber(flag, value, anyNumber);
  });
}

/** The settings in the API's spelling. */
export function drainParameters(flags: DrainFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(given(flags).map(({ setting, value }) => [setting.member, value]));
}

/** Fields that a file must not set as well, with the flag that sets each. */
export function drainMembers(flags: DrainFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(given(flags).map(({ setting }) => [setting.member, setting.flag]));
}

export function drainSummary(flags: DrainFlags): string[] {
  return given(flags).map(({ setting, value }) => `${setting.label}: ${value}`);
}

function given(flags: DrainFlags): { readonly setting: Setting; readonly value: string }[] {
  return settings.flatMap((setting) => {
    const value = flags[setting.key];
    return value === undefined ? [] : [{ setting, value }];
  });
}
