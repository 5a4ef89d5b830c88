import * as v from 'valibot';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { createPksResource, type PksResource } from './resource.js';

const optionalText = v.nullish(v.string());
const optionalNumber = v.nullish(v.number());

export const taskType = {
  route: 'tasks',
  noun: 'task',
  key: 'id',
  showCommand: (id: string) => `tpks task ${id}`,
  schema: v.looseObject({
    uuid: segmentSchema,
    type: optionalText,
    status: optionalText,
    /** Epoch in seconds or milliseconds; the API documentation does not specify the unit. */
    start_time: optionalNumber,
    end_time: optionalNumber,
    clusters: v.nullish(
      v.array(
        v.looseObject({
          cluster_name: v.string(),
          last_action: optionalText,
          last_action_state: optionalText,
          start_time: optionalNumber,
          end_time: optionalNumber,
          is_canary: v.nullish(v.boolean()),
        }),
      ),
    ),
  }),
};

/** A task that upgrades clusters. @see pks-api, section 6 */
export type Task = v.InferInput<typeof taskType.schema>;

export interface Tasks extends Pick<PksResource<Task>, 'get'> {
  /** @param limit - the maximum number of tasks, latest first. */
  readonly list: (limit: number) => Promise<Task[]>;
  /**
   * Cancels the upgrades of a task that have not started; running upgrades continue.
   * @returns the task after the cancellation.
   * @throws {TpksError} `notFound`
   */
  readonly cancel: (id: string) => Promise<Task>;
}

export function createTasks(send: Send, origin: string): Tasks {
  const { list, get, update } = createPksResource(send, origin, taskType, 'PUT');
  return {
    list: (limit) => list({ limit: String(limit) }),
    get,
    cancel: async (id) => (await update(id)) ?? get(id),
  };
}
