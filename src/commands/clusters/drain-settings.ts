import { Option } from 'commander';
import { countRange, maximumInt32, parseIntegerFlag, type Range } from '../numbers.js';
import type { Check } from './settings.js';

/** The flags that set how nodes are drained. The values are strings, as in the API. */
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
  /** The field in the API, from which the flag and the label in the summary are derived. */
  readonly field: `kubelet_drain_${string}`;
  readonly help: string;
  /** Valid range of a numeric setting; absent for boolean settings. */
  readonly range?: Range;
}

/** The settings in the order of the summary. @see pks-cli, sections 2.3 and 8.4 */
const settings: readonly Setting[] = [
  {
    key: 'kubeletDrainTimeout',
    field: 'kubelet_drain_timeout',
    help: 'node drain timeout in minutes; 0 = no limit',
    range: countRange,
  },
  {
    key: 'kubeletDrainGracePeriod',
    field: 'kubelet_drain_grace_period',
    help: "pod termination grace period in seconds; -1 = the pod's own setting",
    range: { from: -1, to: maximumInt32 },
  },
  {
    key: 'kubeletDrainForce',
    field: 'kubelet_drain_force',
    help: 'also drain pods that no controller manages',
  },
  {
    key: 'kubeletDrainIgnoreDaemonsets',
    field: 'kubelet_drain_ignore_daemonsets',
    help: 'ignore pods that a DaemonSet manages',
  },
  {
    key: 'kubeletDrainDeleteLocalData',
    field: 'kubelet_drain_delete_local_data',
    help: 'also drain pods with local data (the data is deleted)',
  },
  {
    key: 'kubeletDrainForceNode',
    field: 'kubelet_drain_force_node',
    help: 'continue if pods are still running after the timeout',
  },
];

function flagOf({ field }: Setting): string {
  return `--${field.replaceAll('_', '-')}`;
}

function labelOf({ field }: Setting): string {
  const words = field.split('_');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ');
}

export function drainOptions(): Option[] {
  return settings.map((setting) =>
    setting.range !== undefined
      ? new Option(`${flagOf(setting)} <number>`, setting.help)
      : new Option(`${flagOf(setting)} <boolean>`, setting.help).choices(['true', 'false']),
  );
}

export function drainChecks(flags: DrainFlags): Check[] {
  return selectGiven(flags).map(({ setting, value }) => () => {
    if (setting.range !== undefined) parseIntegerFlag(flagOf(setting), value, setting.range);
  });
}

/** Converts the flags to fields of the API. */
export function drainParameters(flags: DrainFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(selectGiven(flags).map(({ setting, value }) => [setting.field, value]));
}

/** Maps each field that a flag sets to that flag. A config file must not set these fields too. */
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
