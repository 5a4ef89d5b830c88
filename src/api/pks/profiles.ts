import * as v from 'valibot';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { createPksResource, type PksResource, type PksResourceType } from './pks-api.js';

/** A profile in the format of the user's file. Unknown fields are sent too. */
export interface ProfileRequest {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The operations that all three kinds of profiles have. */
export interface Profiles<Profile, Request = ProfileRequest> extends Pick<
  PksResource<Profile>,
  'list' | 'get' | 'remove'
> {
  /** @returns the new profile; `undefined` if the API does not send it. @throws {TpksError} `conflict` or `failed` */
  readonly create: (request: Request) => Promise<Profile | undefined>;
}

/** @param toBody - converts a request to the body that the API expects; by default, they are the same. */
function createProfiles<
  Schema extends v.GenericSchema,
  Request extends { readonly name: string } = ProfileRequest,
>(
  send: Send,
  origin: string,
  type: PksResourceType<Schema>,
  toBody: (request: Request) => unknown = (request) => request,
): Profiles<v.InferInput<Schema>, Request> {
  const { list, get, create, remove } = createPksResource(send, origin, {
    ...type,
    existsHint: explainExisting(type.route),
  });
  return { list, get, remove, create: (request) => create(request.name, toBody(request)) };
}

function explainExisting(route: string): (name: string) => string {
  const command = route.replace(/s$/, '');
  return (rawName) => {
    const name = quoteForShell(rawName);
    return `show the profile: tpks ${command} ${name}\nreplace it: tpks delete-${command} ${name}, then create it again`;
  };
}

const profileSchema = v.looseObject({
  name: segmentSchema,
  description: v.nullish(v.string()),
  /** An object, or a string that contains JSON. */
  parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
});

/**
 * NSX-T settings for clusters, or the sizes and zones of cluster nodes.
 * @see docs/contributing/servers/pks-api.md#profiles
 */
export type Profile = v.InferInput<typeof profileSchema>;

const networkProfileType = {
  route: 'network-profiles',
  nameKind: 'network-profiles' as const,
  noun: 'network profile',
  schema: profileSchema,
};

/** A network profile in the format of the user's file. Unknown fields are sent too. */
export interface NetworkProfileRequest {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters: object | string;
}

export function createNetworkProfiles(
  send: Send,
  origin: string,
): Profiles<Profile, NetworkProfileRequest> {
  // Users write the parameters as an object, but the API expects a string that contains JSON.
  return createProfiles(send, origin, networkProfileType, ({ parameters, ...rest }) => ({
    ...rest,
    parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters),
  }));
}

const texts = v.nullish(v.record(v.string(), v.unknown()));

const customizations = v.nullish(
  v.array(
    v.looseObject({
      component: v.nullish(v.string()),
      arguments: texts,
      /** The contents of the files. */
      'file-arguments': texts,
    }),
  ),
);

const kubernetesProfileType = {
  route: 'kubernetes-profiles',
  nameKind: 'kubernetes-profiles' as const,
  noun: 'kubernetes profile',
  schema: v.looseObject({
    name: segmentSchema,
    owner: v.nullish(v.string()),
    description: v.nullish(v.string()),
    /** Epoch in seconds or milliseconds; the API documentation does not specify the unit. */
    created_at: v.nullish(v.number()),
    customizations,
    experimental_customizations: customizations,
  }),
};

/** Settings of the Kubernetes components of clusters. @see docs/contributing/servers/pks-api.md#profiles */
export type KubernetesProfile = v.InferInput<typeof kubernetesProfileType.schema>;

export function createKubernetesProfiles(send: Send, origin: string): Profiles<KubernetesProfile> {
  return createProfiles(send, origin, kubernetesProfileType);
}

const computeProfileType = {
  route: 'compute-profiles',
  nameKind: 'compute-profiles' as const,
  noun: 'compute profile',
  schema: profileSchema,
};

export function createComputeProfiles(send: Send, origin: string): Profiles<Profile> {
  return createProfiles(send, origin, computeProfileType);
}
