import * as v from 'valibot';
import type { ProfileKind } from '../broker/profiles.js';
import { isObject, parseJson, type JsonObject } from '../body.js';
import type { ReleaseName } from '../release.js';
import {
  anything,
  exactly,
  integer,
  listOf,
  message,
  name,
  object,
  readBody,
  string,
} from './body.js';

/**
 * Reads a profile to create.
 *
 * @throws ErrorResponse 400 if the API would reject it.
 * @see pks-api, sections 6 and 10
 */
export function readNewProfile(kind: ProfileKind, body: string, release: ReleaseName): JsonObject {
  return readBody(body, schemas[kind](release));
}

const description = v.nullish(string);

const networkProfile = exactly({
  name,
  description,
  parameters: v.pipe(
    string,
    v.check((text) => isObject(parseJson(text)), '{name} must be a JSON object as a string'),
  ),
});

const zone = v.looseObject({ name, cpi: name, cloud_properties: object }, message);

const machine = v.pipe(
  v.looseObject(
    {
      cpu: v.nullish(integer),
      memory_in_mb: v.nullish(integer),
      ephemeral_disk_in_mb: v.nullish(integer),
    },
    message,
  ),
  v.check(
    ({ cpu, memory_in_mb: memory, ephemeral_disk_in_mb: disk }) =>
      new Set([cpu, memory, disk].map((size) => typeof size === 'number')).size === 1,
    'cpu, memory_in_mb and ephemeral_disk_in_mb must be given together',
  ),
);

function computeProfile(release: ReleaseName) {
  const zones = listOf(zone);
  return exactly({
    name: v.pipe(name, v.maxLength(26, '{name} must have 26 characters or less')),
    description,
    parameters:
      release === '1.7'
        ? exactly({ azs: zones, master_azs: anything, worker_azs: anything })
        : v.looseObject(
            {
              azs: v.nullish(zones),
              cluster_customization: v.nullish(
                v.looseObject({
                  control_plane: v.nullish(machine),
                  node_pools: v.nullish(listOf(machine)),
                }),
              ),
            },
            message,
          ),
  });
}

const strings = v.nullish(v.pipe(object, v.record(v.string(), string)));
const settings = { arguments: strings, 'file-arguments': strings };

/** Components whose settings the API checks; others can be experimental. */
const components = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
];

const kubernetesProfile = exactly({
  name,
  description,
  customizations: v.nullish(
    listOf(
      v.looseObject(
        {
          component: v.picklist(
            components,
            ({ received }) => `customizations: the component ${received} cannot be customized`,
          ),
          ...settings,
        },
        message,
      ),
    ),
  ),
  experimental_customizations: v.nullish(listOf(v.looseObject(settings, message))),
});

const schemas = {
  network: () => networkProfile,
  compute: computeProfile,
  kubernetes: () => kubernetesProfile,
} satisfies Record<ProfileKind, (release: ReleaseName) => v.GenericSchema>;
