import * as v from 'valibot';
import type { ProfileKind } from '../broker/profiles.js';
import { isObject, parseJson, type JsonObject } from '../body.js';
import type { ReleaseName } from '../release.js';
import {
  anything,
  strictObject,
  integer,
  listOf,
  issueMessage,
  name,
  object,
  readBody,
  string,
} from './body.js';

/**
 * Parses and validates a request to create a profile.
 *
 * @throws ErrorResponse 400 if the real API rejects such a profile.
 * @see pks-api, sections 6 and 10
 */
export function readNewProfile(kind: ProfileKind, body: string, release: ReleaseName): JsonObject {
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

const machineSchema = v.pipe(
  v.looseObject(
    {
      cpu: v.nullish(integer),
      memory_in_mb: v.nullish(integer),
      ephemeral_disk_in_mb: v.nullish(integer),
    },
    issueMessage,
  ),
  v.check(
    ({ cpu, memory_in_mb: memory, ephemeral_disk_in_mb: disk }) =>
      new Set([cpu, memory, disk].map((size) => typeof size === 'number')).size === 1,
    'cpu, memory_in_mb and ephemeral_disk_in_mb must be given together',
  ),
);

function createComputeProfileSchema(release: ReleaseName) {
  const zones = listOf(zoneSchema);
  return strictObject({
    name: v.pipe(name, v.maxLength(26, '{name} must have 26 characters or less')),
    description,
    parameters:
      release === '1.7'
        ? strictObject({ azs: zones, master_azs: anything, worker_azs: anything })
        : v.looseObject(
            {
              azs: v.nullish(zones),
              cluster_customization: v.nullish(
                v.looseObject({
                  control_plane: v.nullish(machineSchema),
                  node_pools: v.nullish(listOf(machineSchema)),
                }),
              ),
            },
            issueMessage,
          ),
  });
}

const stringMap = v.nullish(v.pipe(object, v.record(v.string(), string)));
const settingsSchema = { arguments: stringMap, 'file-arguments': stringMap };

/** Components for `customizations`; `experimental_customizations` accepts any component. */
const customizableComponents = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
];

const kubernetesProfileSchema = strictObject({
  name,
  description,
  customizations: v.nullish(
    listOf(
      v.looseObject(
        {
          component: v.picklist(
            customizableComponents,
            ({ received }) => `customizations: the component ${received} cannot be customized`,
          ),
          ...settingsSchema,
        },
        issueMessage,
      ),
    ),
  ),
  experimental_customizations: v.nullish(listOf(v.looseObject(settingsSchema, issueMessage))),
});

const schemas = {
  network: () => networkProfileSchema,
  compute: createComputeProfileSchema,
  kubernetes: () => kubernetesProfileSchema,
} satisfies Record<ProfileKind, (release: ReleaseName) => v.GenericSchema>;
