import { Option } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { NameKind } from '../../config/name-cache.js';
import { TpksError } from '../../errors.js';
import type { ClusterRequest, ClusterTag, Parameters } from '../../pks/clusters.js';
import type { Terminal } from '../../terminal/terminal.js';
import { nameCompleter, type NameDeps } from '../name-completion.js';
import { countRange, parseIntegerFlag } from '../numbers.js';
import { runChecks } from '../problems.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';
import { parseNodePools, parseTags, type NodePools } from './parse-lists.js';

/** The flags that set the properties of a cluster. They are strings so that all are validated together. */
export interface SettingFlags {
  readonly numNodes?: string;
  readonly nodePoolInstances?: string;
  readonly networkProfile?: string;
  readonly kubernetesProfile?: string;
  readonly computeProfile?: string;
  readonly tags?: string;
  readonly configFile?: string;
  readonly privateRegistries?: string;
}

/** The parsed settings; `undefined` if a setting was not specified. */
export interface Settings {
  readonly workers: number | undefined;
  readonly nodePools: NodePools | undefined;
  readonly profiles: ProfileNames;
  /** An empty list removes all tags. */
  readonly tags: readonly ClusterTag[] | undefined;
  /** The settings from files, with the field names of the API. */
  readonly fromFiles: Parameters;
}

type ProfileNames = Pick<
  ClusterRequest,
  'network_profile_name' | 'kubernetes_profile_name' | 'compute_profile_name'
>;

/** The options of {@link SettingFlags}. @see pks-cli, sections 1.3 and 2.3 */
export function settingOptions(deps: NameDeps): Option[] {
  const profile = (flags: string, help: string, kind: NameKind) =>
    withCompleter(new Option(flags, help), nameCompleter(kind, deps));
  return [
    ...sizeOptions(),
    profile('--network-profile <name>', 'network profile', 'network-profiles'),
    profile('--kubernetes-profile <name>', 'Kubernetes profile', 'kubernetes-profiles'),
    profile('--compute-profile <name>', 'compute profile (TKGI 1.9+)', 'compute-profiles'),
    tagsOption(),
    withInputFile(
      new Option(
        '--config-file <path>',
        'JSON or YAML file with more settings; - for stdin (TKGI 1.10+)',
      ),
    ),
    withInputFile(
      new Option(
        '--private-registries <path>',
        'JSON or YAML file with private registries; - for stdin (TKGI 1.20+)',
      ),
    ),
  ];
}

export function sizeOptions(): Option[] {
  return [
    new Option('-n, --num-nodes <number>', 'number of worker nodes'),
    new Option(
      '--node-pool-instances <list>',
      'number of workers per node pool, e.g. pool-a:3,pool-b:7 (TKGI 1.9+)',
    ),
  ];
}

export function tagsOption(): Option {
  return new Option('--tags <list>', 'tags of the virtual machines, e.g. team:blue,stage');
}

/** Validates part of the input. @throws {TpksError} `usage` */
export type Check = () => void;

/**
 * Validates the flags and reads the files before anything is sent.
 *
 * @param terminal - reads stdin for the path `-`.
 * @param commandChecks - checks of the command; their errors are reported together with the others.
 * @param commandFields - fields that a file must not set because a flag of the command sets them.
 * @throws {TpksError} `usage` with all errors
 */
export async function readSettings(
  flags: SettingFlags,
  terminal: Pick<Terminal, 'readStdin'>,
  commandChecks: readonly Check[] = [],
  commandFields: Readonly<Record<string, string>> = {},
): Promise<Settings> {
  const { numNodes, nodePoolInstances, tags, configFile, privateRegistries } = flags;
  const flagsByField = new Map([...listFlagFields(flags), ...Object.entries(commandFields)]);
  let settings: Settings = {
    workers: undefined,
    nodePools: undefined,
    profiles: profileNames(flags),
    tags: undefined,
    fromFiles: {},
  };
  const set = (part: Partial<Settings>): void => {
    settings = { ...settings, ...part };
  };
  await runChecks([
    ...commandChecks,
    () =>
      numNodes !== undefined &&
      set({ workers: parseIntegerFlag('--num-nodes', numNodes, countRange) }),
    () => nodePoolInstances !== undefined && set({ nodePools: parseNodePools(nodePoolInstances) }),
    () => validateNotEmpty('--network-profile', flags.networkProfile),
    () => validateNotEmpty('--kubernetes-profile', flags.kubernetesProfile),
    () => validateNotEmpty('--compute-profile', flags.computeProfile),
    () => tags !== undefined && set({ tags: parseTags(tags) }),
    async () => {
      if (configFile === undefined) return;
      const { readConfigFile } = await import('./settings-file.js');
      const config = await readConfigFile(
        toFileInput(configFile, '--config-file', terminal),
        flagsByField,
      );
      set({ fromFiles: { ...settings.fromFiles, ...config } });
    },
    async () => {
      if (privateRegistries === undefined) return;
      const { readRegistriesFile } = await import('./settings-file.js');
      const registries = await readRegistriesFile(
        toFileInput(privateRegistries, '--private-registries', terminal),
      );
      set({ fromFiles: { ...settings.fromFiles, ...registries } });
    },
  ]);
  return settings;
}

/** Converts settings to the parameters of the API, without the profile names. */
export function toParameters({ workers, nodePools, tags = [], fromFiles }: Settings): Parameters {
  return {
    ...(workers === undefined ? {} : { kubernetes_worker_instances: workers }),
    ...(nodePools === undefined ? {} : { node_pool_instances: nodePools }),
    ...(tags.length === 0 ? {} : { cluster_tags: tags }),
    ...fromFiles,
  };
}

/** Converts settings to an update of a cluster. An empty list of tags removes all tags. */
export function toUpdate(settings: Settings): Parameters {
  const removesTags = settings.tags?.length === 0;
  return {
    ...settings.profiles,
    ...toParameters(settings),
    ...(removesTags ? { delete_all_tags: true } : {}),
  };
}

/** @throws {TpksError} `usage` for an empty value; `undefined` is accepted. */
export function validateNotEmpty(flag: string, value: string | undefined): void {
  if (value?.trim() !== '') return;
  throw new TpksError('usage', `${flag} is empty`, { hint: 'nothing was sent' });
}

function profileNames({
  networkProfile,
  kubernetesProfile,
  computeProfile,
}: SettingFlags): ProfileNames {
  return {
    ...(networkProfile === undefined ? {} : { network_profile_name: networkProfile }),
    ...(computeProfile === undefined ? {} : { compute_profile_name: computeProfile }),
    ...(kubernetesProfile === undefined ? {} : { kubernetes_profile_name: kubernetesProfile }),
  };
}

/** Lists the fields that the flags set, each with its flag. A file must not set these too. */
function listFlagFields(flags: SettingFlags): [field: string, flag: string][] {
  const fields: [keyof SettingFlags, string, string][] = [
    ['numNodes', 'kubernetes_worker_instances', '--num-nodes'],
    ['nodePoolInstances', 'node_pool_instances', '--node-pool-instances'],
    ['tags', 'cluster_tags', '--tags'],
    ['tags', 'delete_all_tags', '--tags'],
    ['networkProfile', 'network_profile_name', '--network-profile'],
    ['kubernetesProfile', 'kubernetes_profile_name', '--kubernetes-profile'],
    ['computeProfile', 'compute_profile_name', '--compute-profile'],
    ['privateRegistries', 'servers', '--private-registries'],
  ];
  return fields.flatMap(([key, field, flag]): [string, string][] =>
    flags[key] === undefined ? [] : [[field, flag]],
  );
}
