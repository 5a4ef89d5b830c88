import { Option } from 'commander';
import { withCompleter, withFileNames } from '../../completion/completer.js';
import type { NameKind } from '../../config/name-cache.js';
import { TpksError } from '../../errors.js';
import type { ClusterRequest, ClusterTag, Parameters } from '../../pks/clusters.js';
import { knownNames, type NameDeps } from '../known-names.js';
import { anyNumber, checkWholeNumber } from '../numbers.js';
import { allChecked } from '../problems.js';
import { parseNodePools, parseTags, type NodePools } from './list-flags.js';

/** The settings of a cluster, as typed: strings, so that all of them are checked together. */
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

/** The same, checked; `undefined` if it is not to be set. */
export interface Settings {
  readonly workers: number | undefined;
  readonly nodePools: NodePools | undefined;
  readonly profiles: ProfileNames;
  /** An empty list removes all tags. */
  readonly tags: readonly ClusterTag[] | undefined;
  /** From files, with the API's names. */
  readonly fromFiles: Parameters;
}

type ProfileNames = Pick<
  ClusterRequest,
  'network_profile_name' | 'kubernetes_profile_name' | 'compute_profile_name'
>;

/** The options of {@link SettingFlags}. @see pks-cli, sections 1.3 and 2.3 */
export function settingOptions(deps: NameDeps): Option[] {
  const profile = (flags: string, help: string, kind: NameKind) =>
    withCompleter(new Option(flags, help), knownNames(kind, deps));
  return [
    ...sizeOptions(),
    profile('--network-profile <name>', 'network profile', 'network-profiles'),
    profile('--kubernetes-profile <name>', 'Kubernetes profile', 'kubernetes-profiles'),
    profile('--compute-profile <name>', 'compute profile (TKGI 1.9)', 'compute-profiles'),
    tagsOption(),
    withFileNames(
      new Option('--config-file <file>', 'JSON or YAML file with more settings (TKGI 1.10)'),
    ),
    withFileNames(
      new Option('--private-registries <file>', 'JSON or YAML file of registries (TKGI 1.20)'),
    ),
  ];
}

export function sizeOptions(): Option[] {
  return [
    new Option('-n, --num-nodes <number>', 'number of workers'),
    new Option(
      '--node-pool-instances <list>',
      'workers of the compute profile’s pools, e.g. pool-a:3,pool-b:7 (TKGI 1.9)',
    ),
  ];
}

export function tagsOption(): Option {
  return new Option('--tags <list>', 'tags of the machines: key:value or key, comma between');
}

/** A check of one command. @throws {TpksError} `usage` */
export type Check = () => void;

/**
 * Checks the flags and reads the files, before anything is sent.
 *
 * @param more - checks of the command; their errors are reported together with the others.
 * @param reserved - members that a file must not set, with the flag that sets each.
 * @throws {TpksError} `usage` with all errors
 */
export async function readSettings(
  flags: SettingFlags,
  more: readonly Check[] = [],
  reserved: Readonly<Record<string, string>> = {},
): Promise<Settings> {
  const { numNodes, nodePoolInstances, tags, configFile, privateRegistries } = flags;
  const taken = new Map([...listFlagFields(flags), ...Object.entries(reserved)]);
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
  await allChecked([
    ...more,
    () =>
      numNodes !== undefined &&
      set({ workers: checkWholeNumber('--num-nodes', numNodes, anyNumber) }),
    () => nodePoolInstances !== undefined && set({ nodePools: parseNodePools(nodePoolInstances) }),
    () => validateNotEmpty('--network-profile', flags.networkProfile),
    () => validateNotEmpty('--kubernetes-profile', flags.kubernetesProfile),
    () => validateNotEmpty('--compute-profile', flags.computeProfile),
    () => tags !== undefined && set({ tags: parseTags(tags) }),
    async () => {
      if (configFile === undefined) return;
      const { readConfigFile } = await import('./settings-file.js');
      set({ fromFiles: { ...settings.fromFiles, ...(await readConfigFile(configFile, taken)) } });
    },
    async () => {
      if (privateRegistries === undefined) return;
      const { readRegistriesFile } = await import('./settings-file.js');
      const registries = await readRegistriesFile(privateRegistries);
      set({ fromFiles: { ...settings.fromFiles, ...registries } });
    },
  ]);
  return settings;
}

/** The settings in the API's spelling, without the names of profiles. */
export function toParameters({ workers, nodePools, tags = [], fromFiles }: Settings): Parameters {
  return {
    ...(workers === undefined ? {} : { kubernetes_worker_instances: workers }),
    ...(nodePools === undefined ? {} : { node_pool_instances: nodePools }),
    ...(tags.length === 0 ? {} : { cluster_tags: tags }),
    ...fromFiles,
  };
}

/** The same for an existing cluster: an empty list of tags removes its tags. */
export function toUpdate(settings: Settings): Parameters {
  const removes = settings.tags?.length === 0;
  return {
    ...settings.profiles,
    ...toParameters(settings),
    ...(removes ? { delete_all_tags: true } : {}),
  };
}

/** @throws {TpksError} `usage` for a value that is empty. */
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

/** Fields that a file must not set as well. */
function listFlagFields(flags: SettingFlags): [member: string, flag: string][] {
  const members: [keyof SettingFlags, string, string][] = [
    ['numNodes', 'kubernetes_worker_instances', '--num-nodes'],
    ['nodePoolInstances', 'node_pool_instances', '--node-pool-instances'],
    ['tags', 'cluster_tags', '--tags'],
    ['tags', 'delete_all_tags', '--tags'],
    ['networkProfile', 'network_profile_name', '--network-profile'],
    ['kubernetesProfile', 'kubernetes_profile_name', '--kubernetes-profile'],
    ['computeProfile', 'compute_profile_name', '--compute-profile'],
    ['privateRegistries', 'servers', '--private-registries'],
  ];
  return members.flatMap(([key, member, flag]): [string, string][] =>
    flags[key] === undefined ? [] : [[member, flag]],
  );
}
