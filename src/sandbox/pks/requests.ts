import * as v from 'valibot';
import type { ProfileKind } from '../broker/state.js';
import { isObject, omitMembers, parseJson, toList, validate, type JsonObject } from '../json.js';
import type { ReleaseName } from '../pks-releases.js';
import { ErrorResponse, json } from '../router.js';

/** Parses and validates the body of a request. @throws ErrorResponse 400 */
export function readBody<const Schema extends v.GenericSchema>(
  body: string,
  schema: Schema,
): v.InferOutput<Schema> {
  return validate(schema, parseJson(body), badRequestError);
}

/** Creates a 400 response with this text. @see docs/contributing/servers/pks-api.md#errors */
export function badRequestError(body: string): ErrorResponse {
  return new ErrorResponse(json(400, { body }));
}

export const string = v.string('{name} must be a string');

/** A string that is not blank. */
export const name = v.pipe(
  string,
  v.check((text) => text.trim() !== '', '{name} is required'),
);

export const integer = v.pipe(
  v.number('{name} must be an integer'),
  v.safeInteger('{name} must be an integer'),
);

const object = v.custom<JsonObject>(isObject, '{name} must be an object');

/** For members that are not validated. */
const anything = v.optional(v.unknown());

/** Rejects objects with unknown members. The error has the same text as in the real API. */
function strictObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, issueMessage);
}

/** Release 1.7 rejects unknown members, and later releases accept them. */
export function createReleaseSchema<const Entries extends v.ObjectEntries>(
  release: ReleaseName,
  entries: Entries,
) {
  return release === '1.7' ? strictObject(entries) : v.looseObject(entries, issueMessage);
}

/** Returns the error text for a value of the wrong type; validation replaces `{name}`. */
export function issueMessage({ expected }: { readonly expected: string | null }): string {
  if (expected === 'never') return 'JSON parse error: Unrecognized field "{name}"';
  return expected === 'Object' ? '{name} must be an object' : '{name} is required';
}

export function listOf<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, '{name} must be a list');
}

export function omitNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

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

/** @see docs/contributing/servers/pks-api.md#clusters */
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
  custom_ca_certs: v.nullish(listOf(object)),
  cluster_tags: v.nullish(listOf(object)),
};

function createRequiredStringSchema(pattern: RegExp) {
  return v.pipe(
    string,
    v.nonEmpty('{name} is required'),
    v.regex(pattern, ({ input }) => `{name} is not valid: ${input.slice(0, 80)}`),
  );
}

const host = createRequiredStringSchema(/^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i);

/**
 * Parses and validates a request to create a cluster.
 * @throws ErrorResponse 400
 * @see docs/contributing/servers/pks-api.md#creation
 */
export function readNewCluster(body: string, release: ReleaseName) {
  return readBody(
    body,
    strictObject({
      name: createRequiredStringSchema(/^(?!\.+$)[\w.-]{1,63}$/),
      plan_name: v.pipe(string, v.nonEmpty('{name} is required')),
      ...profileNames,
      // In later releases, the accepted parameters depend on the infrastructure.
      parameters: createReleaseSchema(release, { ...parameters, kubernetes_master_host: host }),
    }),
  );
}

interface ClusterChange {
  /** New number of workers; undefined if it does not change. */
  readonly workers: number | undefined;
  /** New profile names, by member, e.g. `network_profile_name`. */
  readonly profiles: JsonObject;
  /** Returns the members of `parameters` that change, given the old parameters. */
  readonly updateParameters: (old: JsonObject) => JsonObject;
}

/**
 * Parses and validates a request to update a cluster.
 * @throws ErrorResponse 400
 * @see docs/contributing/servers/pks-api.md#update
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
  const value: JsonObject = omitNulls(readBody(body, createReleaseSchema(release, members)));
  const workers = value['kubernetes_worker_instances'];
  return {
    workers: typeof workers === 'number' ? workers : undefined,
    profiles: pickMembers(value, profileNames),
    updateParameters: (old) => ({
      ...omitMembers(value, specialMembers),
      ...(value['delete_all_tags'] === true && { cluster_tags: [] }),
      ...mergeMember(old, 'kubernetes_setting_cluster_details', pickMembers(value, drainSettings)),
      ...mergeCertificates(old, value['custom_ca_certs']),
    }),
  };
}

/** Members that are ignored or need special handling; all others are copied unchanged. */
const specialMembers = [
  'name',
  'kubernetes_master_host',
  'kubernetes_master_port',
  'custom_ca_certs',
  'kubernetes_setting_cluster_details',
  'kubernetes_setting_plan_details',
  'delete_all_tags',
  'enforce_compute_profile_update',
  ...Object.keys({ ...profileNames, ...drainSettings }),
];

/** Replaces the certificates of the given registries, and keeps all others. */
function mergeCertificates({ custom_ca_certs: old }: JsonObject, added: unknown): JsonObject {
  if (!Array.isArray(added)) return {};
  const readDomain = (each: unknown) => (isObject(each) ? each['domain_name'] : undefined);
  const domains = added.map(readDomain);
  const others = toList(old).filter((each) => !domains.includes(readDomain(each)));
  return { custom_ca_certs: [...others, ...(added as unknown[])] };
}

function mergeMember(old: JsonObject, member: string, added: JsonObject): JsonObject {
  if (Object.keys(added).length === 0) return {};
  const oldValue = old[member];
  return { [member]: { ...(isObject(oldValue) ? oldValue : {}), ...added } };
}

function pickMembers(value: JsonObject, members: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([member]) => Object.hasOwn(members, member)),
  );
}

/**
 * Parses and validates a request to create a profile.
 * @throws ErrorResponse 400 for a profile that the real API rejects too.
 * @see docs/contributing/servers/pks-api.md#profiles
 */
export function readNewProfile(
  kind: ProfileKind,
  body: string,
  release: ReleaseName,
): JsonObject & { readonly name: string } {
  return readBody(body, schemas[kind](release));
}

const description = v.nullish(string);

const networkProfileSchema = strictObject({
  name,
  description,
  parameters: v.pipe(
    string,
    v.check((text) => isObject(parseJson(text)), '{name} must be a JSON object as a string'),
  ),
});

const zoneSchema = v.looseObject({ name, cpi: name, cloud_properties: object }, issueMessage);

function createComputeProfileSchema(release: ReleaseName) {
  const zones = listOf(zoneSchema);
  return strictObject({
    name: v.pipe(name, v.maxLength(26, '{name} must have 26 characters or less')),
    description,
    parameters:
      release === '1.7'
        ? strictObject({ azs: zones, master_azs: anything, worker_azs: anything })
        : v.looseObject({ azs: v.nullish(zones) }, issueMessage),
  });
}

const stringMap = v.nullish(v.pipe(object, v.record(v.string(), string)));

const componentSchema = v.looseObject(
  { component: name, arguments: stringMap, 'file-arguments': stringMap },
  issueMessage,
);

const kubernetesProfileSchema = strictObject({
  name,
  description,
  customizations: v.nullish(listOf(componentSchema)),
  experimental_customizations: v.nullish(listOf(componentSchema)),
});

const schemas = {
  network: () => networkProfileSchema,
  compute: createComputeProfileSchema,
  kubernetes: () => kubernetesProfileSchema,
} satisfies Record<ProfileKind, (release: ReleaseName) => v.GenericSchema>;
