import type { ReleaseName } from '../release.js';
import { invalid, isObject, objectIn, refuseUnknown, textIn, type Json } from './body.js';
import type { ProfileKind } from './profile-access.js';

/**
 * A profile to create.
 *
 * @throws {ErrorResponse} 400 where the API would not take it.
 * @see pks-api, sections 6 and 10
 */
export function toWantedProfile(kind: ProfileKind, body: string, release: ReleaseName): Json {
  const value = objectIn(body);
  const name = textIn(value, 'name') ?? '';
  if (name.trim() === '') throw invalid('name is required');
  textIn(value, 'description');
  checks[kind](value, release);
  return value;
}

const checks: Readonly<Record<ProfileKind, (value: Json, release: ReleaseName) => void>> = {
  network(value) {
    refuseUnknown(value, new Set(['name', 'description', 'parameters']));
    const text = textIn(value, 'parameters');
    if (text === undefined) throw invalid('parameters is required');
    if (!isObject(parsed(text))) throw invalid('parameters must be JSON: an object as a text');
  },
  compute(value, release) {
    refuseUnknown(value, new Set(['name', 'description', 'parameters']));
    const name = textIn(value, 'name') ?? '';
    if (name.length > 26) throw invalid('name must have 26 characters or less');
    const { parameters } = value;
    if (!isObject(parameters)) throw invalid('parameters is required');
    if (release === '1.7') {
      refuseUnknown(parameters, new Set(['azs', 'master_azs', 'worker_azs']));
      if (!Array.isArray(parameters['azs'])) throw invalid('azs is required');
    }
    for (const zone of objects(parameters['azs'], 'azs')) {
      if ((textIn(zone, 'name') ?? '') === '') throw invalid('azs: name is required');
      if ((textIn(zone, 'cpi') ?? '') === '') throw invalid('azs: cpi is required');
      if (!isObject(zone['cloud_properties'])) throw invalid('azs: cloud_properties is required');
    }
    checkMachines(parameters['cluster_customization']);
  },
  kubernetes(value) {
    refuseUnknown(
      value,
      new Set(['name', 'description', 'customizations', 'experimental_customizations']),
    );
    for (const each of objects(value['customizations'], 'customizations')) {
      const component = textIn(each, 'component') ?? '';
      if (!components.has(component)) {
        throw invalid(`customizations: the component "${component}" cannot be customized`);
      }
      checkArguments(each);
    }
    const experimental = 'experimental_customizations';
    for (const each of objects(value[experimental], experimental)) checkArguments(each);
  },
};

/** Components whose settings the API checks; others can be experimental. */
const components = new Set([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubelet',
]);

function checkArguments(customization: Json): void {
  for (const member of ['arguments', 'file-arguments']) {
    const texts = customization[member] ?? {};
    if (!isObject(texts)) throw invalid(`${member} must be an object`);
    for (const key of Object.keys(texts)) {
      if (textIn(texts, key) === undefined) throw invalid(`${key} must be a text`);
    }
  }
}

const together = ['cpu', 'memory_in_mb', 'ephemeral_disk_in_mb'];

function checkMachines(customization: unknown): void {
  if (customization === undefined || customization === null) return;
  if (!isObject(customization)) throw invalid('cluster_customization must be an object');
  const plane = customization['control_plane'];
  const machines = [
    ...(isObject(plane) ? [plane] : []),
    ...objects(customization['node_pools'], 'node_pools'),
  ];
  for (const each of machines) {
    const given = together.filter((member) => typeof each[member] === 'number');
    if (given.length !== 0 && given.length !== together.length) {
      throw invalid('cpu, memory_in_mb and ephemeral_disk_in_mb must be given together');
    }
  }
}

function objects(value: unknown, member: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw invalid(`${member} must be a list of objects`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
