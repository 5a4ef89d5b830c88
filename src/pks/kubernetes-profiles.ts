import * as v from 'valibot';
import { segmentSchema } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';

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

/** Settings of the Kubernetes components of clusters. @see pks-api, section 6 */
export type KubernetesProfile = v.InferInput<typeof kubernetesProfileType.schema>;

export function createKubernetesProfiles(send: Send, origin: string): Profiles<KubernetesProfile> {
  return createProfiles(send, origin, kubernetesProfileType);
}
