import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksApi } from './api.js';
import { createProfiles, type Profiles } from './profiles.js';

const texts = v.nullish(v.record(v.string(), v.unknown()));

const customizations = v.nullish(
  v.array(
    v.looseObject({
      component: v.nullish(v.string()),
      arguments: texts,
      /** Contents of files. */
      'file-arguments': texts,
    }),
  ),
);

const kubernetesProfileSchema = v.looseObject({
  name: v.string(),
  owner: v.nullish(v.string()),
  description: v.nullish(v.string()),
  /** Epoch, in seconds or milliseconds: the API does not say. */
  created_at: v.nullish(v.number()),
  customizations,
  experimental_customizations: customizations,
});

/** Settings of the components of Kubernetes. @see pks-api, section 6 */
export type KubernetesProfile = v.InferInput<typeof kubernetesProfileSchema>;

/** As it is sent: `file-arguments` hold what is in the files. */
export interface KubernetesProfileRequest {
  readonly name: string;
  readonly [member: string]: unknown;
}

export type KubernetesProfiles = Profiles<KubernetesProfile, KubernetesProfileRequest>;

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createKubernetesProfiles(send: Send, origin: string): KubernetesProfiles {
  return createProfiles(createPksApi(send, origin), {
    route: 'kubernetes-profiles',
    noun: 'kubernetes profile',
    schema: kubernetesProfileSchema,
    body: (request: KubernetesProfileRequest) => request,
  });
}
