import type { ReleaseName } from '../release.js';
import {
  integerIn,
  invalid,
  isObject,
  objectIn,
  refuseUnknown,
  textIn,
  type Json,
} from './body.js';

/** A cluster to create. */
export interface WantedCluster {
  readonly name: string;
  readonly planName: string;
  /** Absent: the plan's. */
  readonly workers: number | undefined;
  /** In the broker's form, but for the owner. */
  readonly request: Json;
}

/** Changes to a cluster. */
export interface WantedChange {
  readonly workers: number | undefined;
  /** Names of profiles, by member. */
  readonly profiles: Json;
  /** Members of `parameters` that are new, given those that are. */
  readonly parameters: (old: Json) => Json;
}

const profileMembers = [
  'network_profile_name',
  'compute_profile_name',
  'kubernetes_profile_name',
] as const;

/** @see pks-api, section 6: ClusterParameters */
const parameterMembers = [
  'kubernetes_master_host',
  'kubernetes_master_port',
  'kubernetes_worker_instances',
  'worker_haproxy_ip_addresses',
  'authorization_mode',
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_profile',
  'nsxt_network_details',
  'compute_profile',
  'k8s_customization_parameters',
  'custom_ca_certs',
  'cluster_tags',
];

const drainMembers = [
  'kubelet_drain_timeout',
  'kubelet_drain_grace_period',
  'kubelet_drain_force',
  'kubelet_drain_ignore_daemonsets',
  'kubelet_drain_delete_local_data',
  'kubelet_drain_force_node',
];

const known = {
  creation: new Set<string>(['name', 'plan_name', 'parameters', ...profileMembers]),
  parameters: new Set(parameterMembers),
  // Public clients send the whole `parameters` of a cluster, and the server takes it.
  update: new Set([
    ...['network_profile_name', 'kubernetes_profile_name'],
    ...[...parameterMembers, ...drainMembers, 'insecure_registries', 'delete_all_tags'],
  ]),
};

/** @throws {ErrorResponse} 400 @see pks-api, section 7.2 */
export function toWantedCluster(body: string, release: ReleaseName): WantedCluster {
  const value = objectIn(body);
  const { parameters = {} } = value;
  if (!isObject(parameters)) throw invalid('parameters must be an object');
  refuseUnknown(value, known.creation);
  // What later releases take there depends on the infrastructure.
  if (release === '1.7') refuseUnknown(parameters, known.parameters);
  const name = required(value, 'name', /^(?!\.+$)[\w.-]{1,63}$/);
  const planName = required(value, 'plan_name', /[^]/);
  required(parameters, 'kubernetes_master_host', /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i);
  checkParameters(parameters);
  return {
    name,
    planName,
    workers: integerIn(parameters, 'kubernetes_worker_instances'),
    request: { name, plan_name: planName, ...profilesIn(value), parameters: present(parameters) },
  };
}

/** @throws {ErrorResponse} 400 @see pks-api, section 7.3 */
export function toWantedChange(body: string, release: ReleaseName): WantedChange {
  const value = objectIn(body);
  if (release === '1.7') refuseUnknown(value, known.update);
  checkParameters(value);
  for (const member of drainMembers) textIn(value, member);
  const profiles = profilesIn(value);
  const workers = integerIn(value, 'kubernetes_worker_instances');
  const added = parameterChange(value);
  return {
    workers,
    profiles,
    parameters: (old) => ({
      ...added,
      ...merged(old, 'kubernetes_setting_cluster_details', picked(value, drainMembers)),
      ...withCertificates(old, value['custom_ca_certs']),
    }),
  };
}

/** Members that are copied unchanged; each of the others has its own rule. */
function parameterChange(value: Json): Json {
  const apart = [
    ...['name', 'kubernetes_master_host', 'kubernetes_master_port', 'custom_ca_certs'],
    ...['kubernetes_setting_cluster_details', 'kubernetes_setting_plan_details'],
    ...['delete_all_tags', 'enforce_compute_profile_update', ...profileMembers, ...drainMembers],
  ];
  const set = Object.entries(present(value)).filter(([member]) => !apart.includes(member));
  return {
    ...Object.fromEntries(set),
    ...(value['delete_all_tags'] === true && { cluster_tags: [] }),
  };
}

/** A registry that is named again gets its new certificate; none goes. @see pks-api, section 7.2 */
function withCertificates({ custom_ca_certs: old }: Json, added: unknown): Json {
  if (!Array.isArray(added)) return {};
  const domain = (each: unknown) => (isObject(each) ? each['domain_name'] : undefined);
  const domains = added.map(domain);
  const kept: unknown[] = Array.isArray(old)
    ? old.filter((each) => !domains.includes(domain(each)))
    : [];
  return { custom_ca_certs: [...kept, ...(added as unknown[])] };
}

function merged(old: Json, member: string, added: Json): Json {
  if (Object.keys(added).length === 0) return {};
  const before = old[member];
  return { [member]: { ...(isObject(before) ? before : {}), ...added } };
}

function checkParameters(parameters: Json): void {
  const { cluster_tags: tags = [], custom_ca_certs: certificates = [] } = parameters;
  const isTag = (tag: unknown) =>
    isObject(tag) && textIn(tag, 'name') !== undefined && textIn(tag, 'name') !== '';
  if (tags !== null && !(Array.isArray(tags) && tags.every(isTag))) {
    throw invalid('cluster_tags must be a list of {name, value}');
  }
  const isCertificate = (each: unknown) =>
    isObject(each) && /^[^;]+$/.test(textIn(each, 'domain_name') ?? '');
  if (
    certificates !== null &&
    !(Array.isArray(certificates) && certificates.every(isCertificate))
  ) {
    throw invalid('custom_ca_certs must be a list of {domain_name, ca_cert}');
  }
}

function required(value: Json, member: string, fits: RegExp): string {
  const found = textIn(value, member) ?? '';
  if (found === '') throw invalid(`${member} is required`);
  if (fits.test(found)) return found;
  throw invalid(`${member} is not valid: ${found.slice(0, 80)}`);
}

function profilesIn(value: Json): Json {
  for (const member of profileMembers) textIn(value, member);
  return picked(value, profileMembers);
}

function picked(value: Json, members: readonly string[]): Json {
  return Object.fromEntries(
    members.flatMap((member) => (value[member] == null ? [] : [[member, value[member]]])),
  );
}

function present(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
