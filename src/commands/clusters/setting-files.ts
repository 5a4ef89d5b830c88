import type { Parameters } from '../../api/pks/clusters.js';
import { TpksError } from '../../base/errors.js';
import { type FileInput, readInputFile } from '../../platform/input/input-file.js';
import {
  nonBlankText,
  flag,
  list,
  object,
  optional,
  text,
  texts,
  wholeNumber,
  withRule,
  validate,
} from '../../platform/input/schema.js';

const netPermissions = object({
  name: optional(text),
  ips: optional(text),
  permissions: optional(text),
  rootsquash: optional(flag),
});

const configSchema = object({
  net_permissions: optional(list(netPermissions)),
  disable_net_permissions: optional(flag),
  disable_target_vsan_fileshare_datastore_urls: optional(flag),
  lock_container_runtime: optional(flag),
  csi_topology_labels: optional(object({})),
  snapshot_parameters: optional(
    object({ granular_max_snapshots_per_block_volume_vsan: optional(wholeNumber({ from: 0 })) }),
  ),
});

/**
 * Reads the file of `--config-file`. Only the fields in the product documentation are validated, and
 * only their types, because the permitted values depend on the infrastructure.
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see docs/contributing/servers/pks-cli.md#lists-and-files
 */
export async function readConfigFile(file: FileInput): Promise<Parameters> {
  // Stdin has no extension.
  if (file.path !== '-' && !/\.(json|ya?ml)$/i.test(file.path)) {
    throw new TpksError(
      'usage',
      `--config-file must be a .json, .yml or .yaml file, not ${file.path}`,
      { hint: 'nothing was sent' },
    );
  }
  return validate(await readInputFile(file), configSchema);
}

const url = withRule(nonBlankText, (value, report) => {
  if (typeof value !== 'string' || value.trim() === '') return;
  const isHttpUrl = /^https?:\/\//i.test(value) && URL.canParse(value);
  if (!isHttpUrl) report([], 'must be a URL such as https://registry.example.com');
});

const host = object({
  url,
  capabilities: optional(texts),
  ca_cert: optional(text),
  skip_verify: optional(flag),
});

const registriesSchema = object({
  servers: withRule(list(object({ url, hosts: optional(list(host)) })), (value, report) => {
    if (Array.isArray(value) && value.length === 0) report([], 'is empty');
  }),
});

/**
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see docs/contributing/servers/pks-cli.md#lists-and-files
 */
export async function readRegistriesFile(file: FileInput): Promise<Parameters> {
  return validate(await readInputFile(file), registriesSchema);
}
