import { TpksError } from '../../errors.js';
import type { ClusterTag, Parameters } from '../../pks/clusters.js';
import { anyNumber, checkWholeNumber } from '../numbers.js';
import { allChecked } from '../problems.js';
import { toNodePools, type NodePools } from './node-pools.js';
import { toTags } from './tags.js';

/** What a cluster is to be, as it was typed: texts, so that all of them are checked at once. */
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

/** The same, checked. What is `undefined` is not to be set. */
export interface Settings {
  readonly workers: number | undefined;
  readonly nodePools: NodePools | undefined;
  readonly profiles: ProfileNames;
  /** An empty list means that all are to go. */
  readonly tags: readonly ClusterTag[] | undefined;
  /** Out of files, by the API's members. */
  readonly fromFiles: Parameters;
}

export interface ProfileNames {
  readonly network_profile_name?: string;
  readonly kubernetes_profile_name?: string;
  readonly compute_profile_name?: string;
}

/** A check of one command alone. @throws {TpksError} `usage` */
export type Check = () => void;

/**
 * Checks what was typed, before anything is sent.
 *
 * @param more - checks besides; what they say is told together with the rest.
 * @param reserved - members that a file must not set, with the flag that sets each.
 * @throws {TpksError} `usage` with everything that is wrong.
 */
export async function readSettings(
  flags: SettingFlags,
  more: readonly Check[] = [],
  reserved: Readonly<Record<string, string>> = {},
): Promise<Settings> {
  const { numNodes, nodePoolInstances, tags, configFile, privateRegistries } = flags;
  const taken = new Map([...setBy(flags), ...Object.entries(reserved)]);
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
    () => nodePoolInstances !== undefined && set({ nodePools: toNodePools(nodePoolInstances) }),
    () => refuseEmpty('--network-profile', flags.networkProfile),
    () => refuseEmpty('--kubernetes-profile', flags.kubernetesProfile),
    () => refuseEmpty('--compute-profile', flags.computeProfile),
    () => tags !== undefined && set({ tags: toTags(tags) }),
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
export function toChange(settings: Settings): Parameters {
  const removes = settings.tags?.length === 0;
  return {
    ...settings.profiles,
    ...toParameters(settings),
    ...(removes ? { delete_all_tags: true } : {}),
  };
}

/** @throws {TpksError} `usage` for a value that is empty. */
export function refuseEmpty(flag: string, value: string | undefined): void {
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
function setBy(flags: SettingFlags): [member: string, flag: string][] {
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
