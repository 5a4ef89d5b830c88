import * as v from 'valibot';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { createPksResource } from './pks-api.js';

const quotaType = {
  route: 'quotas',
  nameKind: 'owners' as const,
  noun: 'quota',
  key: 'owner',
  title: (owner: string) => `Quota of ${owner}`,
  existsHint: (owner: string) => `update the quota: tpks update-quota ${quoteForShell(owner)}`,
  schema: v.looseObject({
    owner: v.string(),
    limit: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
  }),
};

/**
 * The limits for all clusters of one owner in total; memory in GB.
 * @see docs/contributing/servers/pks-api.md#quotas
 */
export type Quota = v.InferInput<typeof quotaType.schema>;

type Limit = Quota['limit'];

/** If the response contains no quota, returns the quota that was sent. */
export function createQuotas(send: Send, origin: string) {
  const { list, get, remove, create, update } = createPksResource(send, origin, quotaType);
  const writeLimit =
    (write: typeof create) =>
    async (owner: string, limit: Limit): Promise<Quota> => {
      const quota = { owner, limit };
      return (await write(owner, quota)) ?? quota;
    };
  return { list, get, remove, create: writeLimit(create), update: writeLimit(update) };
}

const usageType = {
  route: 'usages',
  nameKind: 'owners' as const,
  noun: 'usage',
  key: 'owner',
  title: (owner: string) => `Usage of ${owner}`,
  schema: v.looseObject({
    owner: v.string(),
    totals: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
    clusters: v.nullish(
      v.array(v.looseObject({ name: v.string(), cpu: v.number(), memory: v.number() })),
    ),
  }),
};

/**
 * The resources that the clusters of one owner use; memory in GB.
 * @see docs/contributing/servers/pks-api.md#usages
 */
export type Usage = v.InferInput<typeof usageType.schema>;

export function createUsages(send: Send, origin: string) {
  const { list, get } = createPksResource(send, origin, usageType);
  return { list, get };
}
