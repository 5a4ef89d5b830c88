import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { checked, checkedList, createPksApi, orNotFound } from './api.js';
import { sayingWhatIsUnknown } from './outcome.js';

const optionalText = v.nullish(v.string());
const optionalNumber = v.nullish(v.number());

const taskSchema = v.looseObject({
  uuid: v.string(),
  type: optionalText,
  status: optionalText,
  /** Epoch, in seconds or milliseconds: the API does not say. */
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
});

/** @throws {TpksError} `unavailable` when it is something else */
export function toTask(value: unknown): Task {
  return checked(taskSchema, value, 'a task');
}

/** An upgrade of clusters. Members that tpks does not know are kept. @see pks-api, section 6 */
export type Task = v.InferInput<typeof taskSchema>;

export interface Tasks {
  /**
   * @param limit - how many at most, the latest first.
   * @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable`
   */
  readonly list: (limit: number) => Promise<Task[]>;
  /** @throws {TpksError} `notFound`, besides the failures of `list` */
  readonly get: (id: string) => Promise<Task>;
  /**
   * Takes back what has not begun; a cluster whose upgrade runs is not stopped.
   * @returns the task as it is then.
   * @throws {TpksError} as `get`
   */
  readonly cancel: (id: string) => Promise<Task>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createTasks(send: Send, origin: string): Tasks {
  const api = createPksApi(send, origin);
  const named = <T>(id: string, answer: Promise<T>) =>
    orNotFound(answer, `Task ${id}`, 'tpks tasks lists those you may see');
  const get = async (id: string): Promise<Task> => toTask(await named(id, api.read(['tasks', id])));
  return {
    list: async (limit) => {
      const answer = await api.read(['tasks'], { limit: String(limit) });
      return checkedList(taskSchema, answer, 'a task');
    },
    get,
    cancel: async (id) => {
      const canceled = api
        .write('PUT', ['tasks', id])
        .then((answer) => (answer === undefined ? undefined : toTask(answer)));
      const task = await sayingWhatIsUnknown(named(id, canceled), `tpks task ${id}`);
      return task ?? get(id);
    },
  };
}
