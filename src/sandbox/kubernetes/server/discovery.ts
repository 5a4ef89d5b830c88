import { createHash } from 'node:crypto';
import type { JsonObject } from '../../body.js';
import type { SandboxResponse } from '../../router.js';
import { formatApiVersion, resourceTypes, type ResourceType } from './resource-types.js';
import { respond } from './status.js';

/** All groups have only this version. */
const version = 'v1';

const groups = [...new Set(resourceTypes.map(({ group }) => group))];

/**
 * Responds to a discovery request: `/api`, `/apis`, or the path of a group or of a version.
 *
 * @param path - without a slash at the end.
 * @param accept - the header. If it requests aggregated discovery, `/api` and `/apis` contain all types.
 * @returns undefined if the path is not known.
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export function discover(path: string, accept: string): SandboxResponse | undefined {
  const [, prefix, group = '', ...rest] = path.split('/');
  if (prefix === 'api') {
    if (rest.length > 0) return undefined;
    if (group === '') return discoverAll([''], accept) ?? respond(200, coreVersions);
    return group === version ? respond(200, createTypeList('')) : undefined;
  }
  if (prefix !== 'apis') return undefined;
  if (group === '') {
    const namedGroups = groups.filter((name) => name !== '');
    const list = { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups.map(describeGroup) };
    return discoverAll(namedGroups, accept) ?? respond(200, list);
  }
  if (!groups.includes(group)) return undefined;
  if (rest.length === 0) {
    return respond(200, { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(group) });
  }
  return rest.join('/') === version ? respond(200, createTypeList(group)) : undefined;
}

const coreVersions = {
  kind: 'APIVersions',
  versions: [version],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:8443' }],
};

function describeGroup(name: string): JsonObject {
  const groupVersion = { groupVersion: formatApiVersion({ group: name, version }), version };
  return { name, versions: [groupVersion], preferredVersion: groupVersion };
}

function createTypeList(group: string): JsonObject {
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: formatApiVersion({ group, version }),
    resources: resourceTypes.filter((type) => type.group === group).flatMap(describeType),
  };
}

function describeType(type: ResourceType): readonly JsonObject[] {
  const { name, singularName, isNamespaced: namespaced, kind, verbs, shortNames } = type;
  return [
    {
      ...{ name, singularName, namespaced, kind, verbs },
      ...(shortNames.length > 0 && { shortNames }),
      ...(type.isInAll && { categories: ['all'] }),
    },
    ...type.subresources.map(({ name: subresource, ...rest }) => ({
      ...{ name: `${name}/${subresource}`, singularName: '', namespaced },
      ...rest,
    })),
  ];
}

/** @returns undefined if the client does not request aggregated discovery. */
function discoverAll(names: readonly string[], accept: string): SandboxResponse | undefined {
  const requested = /;g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(
    accept.replaceAll(' ', ''),
  );
  if (!requested) return undefined;
  const [parameters, discoveryVersion = ''] = requested;
  const value = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${discoveryVersion}`,
    metadata: {},
    items: names.map((group) => ({
      metadata: group === '' ? {} : { name: group },
      versions: [
        {
          version,
          resources: resourceTypes.filter((type) => type.group === group).map(describeTypeFully),
          freshness: 'Current',
        },
      ],
    })),
  };
  return respond(200, value, `application/json${parameters}`);
}

function describeTypeFully(type: ResourceType): JsonObject {
  const { name: resource, singularName: singularResource, verbs, shortNames } = type;
  return {
    resource,
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.isNamespaced ? 'Namespaced' : 'Cluster',
    ...{ singularResource, verbs },
    ...(shortNames.length > 0 && { shortNames }),
    ...(type.isInAll && { categories: ['all'] }),
    ...(type.subresources.length > 0 && {
      subresources: type.subresources.map((subresource) => ({
        subresource: subresource.name,
        responseKind: {
          group: subresource.group,
          version: subresource.version,
          kind: subresource.kind,
        },
        verbs: subresource.verbs,
      })),
    }),
  };
}

/** Creates the response to `/version`. @param version - version of Kubernetes, e.g. `1.16.7`. */
export function describeVersion(version: string): JsonObject {
  const [major = '', minor = ''] = version.split('.');
  return {
    ...{ major, minor, gitVersion: `v${version}` },
    gitCommit: createHash('sha1').update(version).digest('hex'),
    gitTreeState: 'clean',
    buildDate: '2020-02-11T19:24:46Z',
    goVersion: 'go1.13.6',
    ...{ compiler: 'gc', platform: 'linux/amd64' },
  };
}
