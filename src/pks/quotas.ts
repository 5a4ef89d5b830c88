import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksResource, type PksResource } from './resource.js';

const quotaType = {
  route: 'quotas',
  noun: 'quota',
  key: 'owner',
  title: (owner: string) => `Quota of ${owner}`,
  schema: v.looseObject({
    owner: v.string(),
    limit: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
  }),
};

/** The limit for all clusters of one user together; memory in GB. @see pks-api, section 9 */
export type Quota = v.InferInput<typeof quotaType.schema>;

export interface Limit {
  readonly cpu: number;
  /** In GB. */
  readonly memory: number;
  readonly cluster: number;
}

export interface Quotas extends Pick<PksResource<Quota>, 'list' | 'get' | 'remove'> {
  /**
   * @returns the quota from the response, or the one that was sent if there is none.
   * @throws {TpksError} `conflict` or `failed` if the owner has a quota
   */
  readonly create: (owner: string, limit: Limit) => Promise<Quota>;
  /** @returns as `create`. @throws {TpksError} `notFound` */
  readonly update: (owner: string, limit: Limit) => Promise<Quota>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createQuotas(send: Send, origin: string): Quotas {
  const { list, get, create, update, remove } = createPksResource(send, origin, quotaType);
  const writeLimit = (write: typeof create) => async (owner: string, limit: Limit) => {
    const quota = { owner, limit: { ...limit } };
    return (await write(owner, quota)) ?? quota;
  };
  return { list, get, create: writeLimit(create), update: writeLimit(update), remove };
}
