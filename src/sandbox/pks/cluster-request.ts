import * as v from 'valibot';
import { isObject, omitMembers, type JsonObject } from '../body.js';
import type { ReleaseName } from '../release.js';
import {
  anything,
  strictObject,
  integer,
  listOf,
  objectOfRelease,
  readBody,
  string,
  omitNulls,
} from './body.js';

/** Profiles of a cluster that can be changed in release 1.7. */
const changeableProfiles = {
  network_profile_name: v.nullish(string),
  kubernetes_profile_name: v.nullish(string),
};

const profileNames = { ...changeableProfiles, compute_profile_name: v.nullish(string) };

const drainSettings = {
  kubelet_drain_timeout: v.nullish(string),
  kubelet_drain_grace_period: v.nullish(string),
  kubelet_drain_force: v.nullish(string),
  kubelet_drain_ignore_daemonsets: v.nullish(string),
  kubelet_drain_delete_local_data: v.nullish(string),
  kubelet_drain_force_node: v.nullish(string),
};

/** @see pks-api, section 6: ClusterParameters */
const parameters = {
  kubernetes_master_host: anything,
  kubernetes_master_port: anything,
  kubernetes_worker_instances: v.nullish(integer),
  worker_haproxy_ip_addresses: anything,
  authorization_mode: anything,
  kubernetes_setting_plan_details: anything,
  kubernetes_setting_cluster_details: anything,
  nsxt_network_profile: anything,
  nsxt_network_details: anything,
  compute_profile: anything,
  k8s_customization_parameters: anything,
  custom_ca_certs: v.nullish(
    listOf(v.looseObject({ domain_name: v.pipe(string, v.regex(/^[^;]+$/, invalidValueMessage)) })),
  ),
  cluster_tags: v.nullish(
    listOf(v.looseObject({ name: v.pipe(string, v.nonEmpty('{name} is required')) })),
  ),
};

function requiredString(pattern: RegExp) {
  return v.pipe(string, v.nonEmpty('{name} is required'), v.regex(pattern, invalidValueMessage));
}

function invalidValueMessage({ input }: { readonly input: string }): string {
  return `{name} is not valid: ${input.slice(0, 80)}`;
}

const host = requiredString(/^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i);

/**
 * Parses and validates a request to create a cluster.
 *
 * @throws ErrorResponse 400
 * @see pks-api, section 7.2
 */
export function readNewCluster(body: string, release: ReleaseName) {
  return readBody(
    body,
    strictObject({
      name: requiredString(/^(?!\.+$)[\w.-]{1,63}$/),
      plan_name: v.pipe(string, v.nonEmpty('{name} is required')),
      ...profileNames,
      // In later releases, the accepted parameters depend on the infrastructure.
      parameters: objectOfRelease(release, { ...parameters, kubernetes_master_host: host }),
    }),
  );
}

/** A requested change to a cluster. */
export interface ClusterChange {
  /** New number of workers; undefined if it does not change. */
  readonly workers: number | undefined;
  /** New profile names, by member, e.g. `network_profile_name`. */
  readonly profiles: JsonObject;
  /** Returns the members of `parameters` that change, given the old parameters. */
  readonly updateParameters: (old: JsonObject) => JsonObject;
}

/**
 * Parses and validates a request to update a cluster.
 *
 * @throws ErrorResponse 400
 * @see pks-api, section 7.3
 */
export function readClusterChange(body: string, release: ReleaseName): ClusterChange {
  // Some clients send back all `parameters` of a cluster, and the server accepts them.
  const members = {
    ...(release === '1.7' ? changeableProfiles : profileNames),
    ...parameters,
    ...drainSettings,
    insecure_registries: anything,
    delete_all_tags: anything,
  };
  const value: JsonObject = omitNulls(readBody(body, objectOfRelease(release, members)));
  const workers = value['kubernetes_worker_instances'];
  return {
    workers: typeof workers === 'number' ? workers : undefined,
    profiles: pick(value, profileNames),
    updateParameters: (old) => ({
      ...omitMembers(value, specialMembers),
      ...(value['delete_all_tags'] === true && { cluster_tags: [] }),
      ...mergeMember(old, 'kubernetes_setting_cluster_details', pick(value, drainSettings)),
      ...mergeCertificates(old, value['custom_ca_certs']),
    }),
  };
}

/** Members that are ignored or need special handling; all others are copied unchanged. */
const specialMembers = [
  ...['name', 'kubernetes_master_host', 'kubernetes_master_port', 'custom_ca_certs'],
  ...['kubernetes_setting_cluster_details', 'kubernetes_setting_plan_details'],
  ...['delete_all_tags', 'enforce_compute_profile_update'],
  ...Object.keys({ ...profileNames, ...drainSettings }),
];

/** Replaces the certificates of the given registries, and keeps all others. */
function mergeCertificates({ custom_ca_certs: old }: JsonObject, added: unknown): JsonObject {
  if (!Array.isArray(added)) return {};
  const readDomain = (each: unknown) => (isObject(each) ? each['domain_name'] : undefined);
  const domains = added.map(readDomain);
  const others: unknown[] = Array.isArray(old)
    ? old.filter((each) => !domains.includes(readDomain(each)))
    : [];
  return { custom_ca_certs: [...others, ...(added as unknown[])] };
}

function mergeMember(old: JsonObject, member: string, added: JsonObject): JsonObject {
  if (Object.keys(added).length === 0) return {};
  const oldValue = old[member];
  return { [member]: { ...(isObject(oldValue) ? oldValue : {}), ...added } };
}

function pick(value: JsonObject, members: object): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([member]) => member in members));
}
