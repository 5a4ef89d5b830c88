import { Option } from 'commander';
import type { Parameters } from '../../api/pks/clusters.js';
import type { FileInput } from '../../platform/input/input-file.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { withPksNames } from '../completers.js';
import { countRange, maximumInt32, parseIntegerFlag, type Range } from '../option-values.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';
import { InputChecks, validateNotEmpty } from './input-checks.js';
import { parseNodePools, parseTags } from './parse-lists.js';
import { readConfigFile, readRegistriesFile } from './setting-files.js';

/** The flags that set the properties of a cluster. Numbers are strings, so that all are validated together. */
export interface SettingFlags {
  readonly numNodes?: string;
  readonly nodePoolInstances?: string;
  readonly networkProfile?: string;
  readonly kubernetesProfile?: string;
  readonly computeProfile?: string;
  readonly enforceComputeProfileUpdate?: boolean;
  readonly tags?: string;
  readonly configFile?: string;
  readonly privateRegistries?: string;
  readonly kubeletDrainTimeout?: string;
  readonly kubeletDrainGracePeriod?: string;
  readonly kubeletDrainForce?: string;
  readonly kubeletDrainIgnoreDaemonsets?: string;
  readonly kubeletDrainDeleteLocalData?: string;
  readonly kubeletDrainForceNode?: string;
}

interface Setting {
  /** The flag and its value, e.g. `-n, --num-nodes <number>`. */
  readonly flags: string;
  readonly help: string;
  readonly label: string;
  readonly choices?: readonly string[];
  readonly completes?: 'network-profiles' | 'kubernetes-profiles' | 'compute-profiles';
  /** @throws {TpksError} `usage` */
  readonly parse?: (value: string, flag: string) => Parameters;
  /** Used instead of `parse` if the value is a file. */
  readonly readFile?: (file: FileInput) => Promise<Parameters>;
}

/** @see docs/contributing/servers/pks-cli.md#flags */
const sizes: readonly Setting[] = [
  {
    flags: '-n, --num-nodes <number>',
    help: 'number of worker nodes',
    label: 'Worker Number',
    parse: (value, flag) => ({
      kubernetes_worker_instances: parseIntegerFlag(flag, value, countRange),
    }),
  },
  {
    flags: '--node-pool-instances <list>',
    help: 'number of workers per node pool, e.g. pool-a:3,pool-b:7 (TKGI 1.9+)',
    label: 'Node Pool Instances',
    parse: (value) => ({ node_pool_instances: parseNodePools(value) }),
  },
];

const profiles: readonly Setting[] = [
  profile('network', 'Network', 'network profile'),
  profile('kubernetes', 'Kubernetes', 'Kubernetes profile'),
  profile('compute', 'Compute', 'compute profile (TKGI 1.9+)'),
];

function profile(kind: 'network' | 'kubernetes' | 'compute', label: string, help: string): Setting {
  const field = `${kind}_profile_name`;
  return {
    flags: `--${kind}-profile <name>`,
    help,
    label: `${label} Profile Name`,
    completes: `${kind}-profiles`,
    parse: (value, flag) => {
      validateNotEmpty(flag, value);
      return { [field]: value };
    },
  };
}

const enforceProfile: Setting = {
  flags: '--enforce-compute-profile-update',
  help: 'apply the current version of the compute profile (TKGI 1.16+)',
  label: 'Enforce Compute Profile Update',
  parse: () => ({ enforce_compute_profile_update: true }),
};

const tags: Setting = {
  flags: '--tags <list>',
  help: 'tags of the virtual machines, e.g. team:blue,stage',
  label: 'Tags',
  parse: (value) => {
    const list = parseTags(value);
    return list.length === 0 ? { delete_all_tags: true } : { cluster_tags: list };
  },
};

const files: readonly Setting[] = [
  {
    flags: '--config-file <path>',
    help: 'JSON or YAML file with additional settings; - for stdin (TKGI 1.10+)',
    label: 'Config File',
    readFile: readConfigFile,
  },
  {
    flags: '--private-registries <path>',
    help: 'JSON or YAML file with private registries; - for stdin (TKGI 1.20+)',
    label: 'Private Registries',
    readFile: readRegistriesFile,
  },
];

/**
 * How nodes are drained. The values are strings in the API too.
 * @see docs/contributing/servers/pks-cli.md#flags
 */
const drainSettings: readonly Setting[] = [
  drain('timeout', 'Timeout', 'node drain timeout in minutes; 0 = no limit', countRange),
  drain(
    'grace-period',
    'Grace Period',
    "pod termination grace period in seconds; -1 = the pod's own setting",
    { from: -1, to: maximumInt32 },
  ),
  drain('force', 'Force', 'also drain pods that no controller manages'),
  drain('ignore-daemonsets', 'Ignore Daemonsets', 'ignore pods that a DaemonSet manages'),
  drain(
    'delete-local-data',
    'Delete Local Data',
    'also drain pods with local data (the data is deleted)',
  ),
  drain('force-node', 'Force Node', 'continue if pods are still running after the timeout'),
];

/** @param range - of a number; absent for booleans. */
function drain(name: string, label: string, help: string, range?: Range): Setting {
  const field = `kubelet_drain_${name.replaceAll('-', '_')}`;
  return {
    flags: `--kubelet-drain-${name} <${range === undefined ? 'boolean' : 'number'}>`,
    help,
    label: `Kubelet Drain ${label}`,
    ...(range === undefined ? { choices: ['true', 'false'] } : {}),
    parse: (value, flag) => {
      if (range !== undefined) parseIntegerFlag(flag, value, range);
      return { [field]: value };
    },
  };
}

/** In the order of the summary of an update. */
const settings = [...sizes, ...profiles, enforceProfile, ...drainSettings, tags, ...files];

const creationSettings = [...sizes, ...profiles, tags, ...files];

export const creationOptions = () => toOptions(creationSettings);

export const updateOptions = () =>
  toOptions([...creationSettings, ...drainSettings, enforceProfile]);

export const resizeOptions = () => toOptions([...sizes, tags]);

function toOptions(list: readonly Setting[]): Option[] {
  return list.map(({ flags, help, choices, completes, readFile }) => {
    const option = new Option(flags, help);
    if (choices !== undefined) option.choices(choices);
    if (completes !== undefined) return withPksNames(option, completes);
    return readFile === undefined ? option : withInputFile(option);
  });
}

function selectGiven(flags: SettingFlags) {
  return settings.flatMap((setting) => {
    const option = new Option(setting.flags);
    const value = flags[option.attributeName() as keyof SettingFlags];
    return value === undefined
      ? []
      : [{ ...setting, flag: option.long ?? '', value: String(value) }];
  });
}

/** @throws {TpksError} `usage` */
type Check = () => void;

/**
 * Validates the flags and reads the files before anything is sent.
 * @param terminal - reads stdin for the path `-`.
 * @param commandChecks - checks of the command; their errors are reported together with the others.
 * @returns the settings as an update of a cluster. Flags override a file.
 * @throws {TpksError} `usage` with all errors
 */
export async function readSettings(
  flags: SettingFlags,
  terminal: Pick<Terminal, 'readStdin'>,
  commandChecks: readonly Check[] = [],
): Promise<Parameters> {
  const checks = new InputChecks();
  for (const check of commandChecks) await checks.run(check);
  const fields: (Parameters | undefined)[] = [];
  for (const { flag, value, parse, readFile } of selectGiven(flags)) {
    const read = () => parse?.(value, flag) ?? readFile?.(toFileInput(value, flag, terminal));
    fields.push(await checks.run(read));
  }
  checks.throwErrors();
  // The files are the last settings.
  return Object.assign({}, ...fields.toReversed()) as Parameters;
}

/**
 * Formats the given settings for the confirmation prompt.
 * @see docs/contributing/servers/pks-cli.md#changes
 */
export function formatSettings(flags: SettingFlags): string[] {
  return selectGiven(flags).map(
    ({ label, flag, value }) =>
      `${label}: ${flag === '--tags' && value.trim() === '' ? 'none' : value}`,
  );
}
