import { unreadable, type BrokerLine } from './broker-line.js';
import { toOwned, type OwnedCluster } from './cluster-access.js';

/** A plan, and what the API does not show of it. */
export interface PlanOffer {
  readonly plan: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly masters: number;
  /** For a cluster that is created without a number. */
  readonly workers: number;
  readonly maximumWorkers: number;
  /** Of each machine; memory in GB. */
  readonly machine: { readonly cpu: number; readonly memory: number };
}

export interface ChangeAccess {
  readonly plans: () => Promise<readonly PlanOffer[]>;
  /** @throws {ErrorResponse} 409 when the name is taken. */
  readonly create: (owner: string, request: object) => Promise<OwnedCluster>;
  /** @throws {ErrorResponse} 409 when something is done with the cluster already. */
  readonly update: (name: string, change: object) => Promise<void>;
  /** @throws {ErrorResponse} 409, as `update`. */
  readonly remove: (name: string) => Promise<void>;
  /** @returns the task. @throws {ErrorResponse} 409, as `update`, for any of the clusters. */
  readonly upgrade: (owner: string, request: object) => Promise<unknown>;
}

export function changeAccess(line: BrokerLine): ChangeAccess {
  const at = (name: string) => `/clusters/${encodeURIComponent(name)}`;
  return {
    plans: async () => {
      const all = await line('GET', '/plans');
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toOffer);
    },
    create: async (owner, request) =>
      toOwned(await line('POST', '/clusters', { ...request, owner })),
    update: async (name, change) => {
      await line('PATCH', at(name), change);
    },
    remove: async (name) => {
      await line('DELETE', at(name));
    },
    upgrade: async (owner, request) => {
      const answer = await line('POST', '/tasks', { ...request, owner });
      return member(answer, 'task');
    },
  };
}

function toOffer(value: unknown): PlanOffer {
  const [plan, machine] = [member(value, 'plan'), member(value, 'machine')];
  const name = member(plan, 'name');
  if (typeof plan !== 'object' || plan === null || typeof name !== 'string') throw unreadable();
  return {
    plan: { ...plan },
    name,
    masters: number(plan, 'master_instances'),
    workers: number(plan, 'worker_instances'),
    maximumWorkers: number(value, 'maximumWorkers'),
    machine: { cpu: number(machine, 'cpu'), memory: number(machine, 'memory') },
  };
}

function number(value: unknown, key: string): number {
  const found = member(value, key);
  if (typeof found === 'number') return found;
  throw unreadable();
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
