import * as v from 'valibot';
import { checkConfirmation } from '../http/confirmation.js';
import { checkSegment } from '../http/path-segment.js';
import type { Send } from '../http/send.js';
import { checked, checkedList, createPksApi, orNotFound } from './api.js';
import { sayingWhatIsUnknown } from './outcome.js';

const quotaSchema = v.looseObject({
  owner: v.string(),
  limit: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
});

/** What all clusters of one user may have together; memory in GB. @see pks-api, section 9 */
export type Quota = v.InferInput<typeof quotaSchema>;

export interface Limit {
  readonly cpu: number;
  /** In GB. */
  readonly memory: number;
  readonly cluster: number;
}

export interface Quotas {
  /** @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable` */
  readonly list: () => Promise<Quota[]>;
  /** @throws {TpksError} `notFound`, besides the failures of `list` */
  readonly get: (owner: string) => Promise<Quota>;
  /**
   * @returns the quota, as the API tells it or else as it was sent.
   * @throws {TpksError} `conflict` or `failed` when the owner has one
   */
  readonly create: (owner: string, limit: Limit) => Promise<Quota>;
  /** @returns as `create`. @throws {TpksError} `notFound`, besides the failures of `list` */
  readonly update: (owner: string, limit: Limit) => Promise<Quota>;
  /** @throws {TpksError} `notFound`, besides the failures of `list` */
  readonly remove: (owner: string) => Promise<void>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createQuotas(send: Send, origin: string): Quotas {
  const api = createPksApi(send, origin);
  const named = <T>(owner: string, answer: Promise<T>) =>
    orNotFound(answer, `Quota of ${owner}`, 'tpks quotas lists those there are');
  const changed = <T>(answer: Promise<T>) => sayingWhatIsUnknown(answer, 'tpks quotas');
  const toQuota = (answer: unknown, sent?: Quota): Quota =>
    answer === undefined && sent !== undefined ? sent : checked(quotaSchema, answer, 'a quota');
  const confirmQuota = (answer: unknown) => {
    checkConfirmation('The PKS API', quotaSchema, answer);
  };
  return {
    list: async () => checkedList(quotaSchema, await api.read(['quotas']), 'a quota'),
    get: async (owner) => toQuota(await named(owner, api.read(['quotas', owner]))),
    create: async (owner, limit) => {
      const quota = { owner: checkSegment(owner, 'owner'), limit: { ...limit } };
      const answer = api.write('POST', ['quotas'], quota).then((told) => toQuota(told, quota));
      return changed(answer);
    },
    update: async (owner, limit) => {
      const quota = { owner, limit: { ...limit } };
      const answer = api
        .write('PATCH', ['quotas', owner], quota)
        .then((told) => toQuota(told, quota));
      return changed(named(owner, answer));
    },
    remove: async (owner) => {
      const answer = api.write('DELETE', ['quotas', owner]).then(confirmQuota);
      await changed(named(owner, answer));
    },
  };
}
