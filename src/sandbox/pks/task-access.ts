import { isObject, type Json } from './body.js';
import { unreadable, type BrokerLine } from './broker-line.js';

/** A task and its owner, as the broker reports them. */
export interface OwnedTask {
  readonly owner: string;
  readonly task: Json;
}

export interface TaskAccess {
  /** The latest first. */
  readonly tasks: () => Promise<readonly OwnedTask[]>;
  /** @returns undefined when there is none of that id. */
  readonly task: (uuid: string) => Promise<OwnedTask | undefined>;
  /** Skips the clusters that have not started. @returns as `task` */
  readonly cancelTask: (uuid: string) => Promise<OwnedTask | undefined>;
}

export function taskAccess(line: BrokerLine): TaskAccess {
  const one = async (method: string, uuid: string): Promise<OwnedTask | undefined> => {
    const found = await line(method, `/tasks/${encodeURIComponent(uuid)}`);
    return found === undefined ? undefined : toTask(found);
  };
  return {
    tasks: async () => {
      const all = await line('GET', '/tasks');
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toTask);
    },
    task: (uuid) => one('GET', uuid),
    cancelTask: (uuid) => one('DELETE', uuid),
  };
}

function toTask(value: unknown): OwnedTask {
  const [owner, task] = isObject(value) ? [value['owner'], value['task']] : [];
  if (typeof owner !== 'string' || !isObject(task)) throw unreadable();
  return { owner, task };
}
