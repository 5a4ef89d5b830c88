import { randomUUID } from 'node:crypto';
import { json, route, type Route, type SandboxResponse } from '../router.js';
import type { Collection } from '../storage/collection.js';
import {
  brokerError,
  type Changes,
  type ClusterChange,
  type NewCluster,
  type Upgrade,
} from './changes.js';
import type { Cluster } from './cluster.js';
import { planDefinitions } from './plans.js';
import { profileKinds, type Profile, type ProfileKind, type ProfileStore } from './profiles.js';
import type { Quota } from './quotas.js';
import type { BrokerState } from './state.js';
import { toTaskInfo, type Task, type TaskStore } from './tasks.js';

export interface BrokerDeps {
  readonly state: BrokerState;
  readonly changes: Changes;
  readonly tasks: TaskStore;
  readonly profiles: ProfileStore;
  readonly quotas: Collection<Quota>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Creates all routes of the broker. They do not validate bodies, because the API has done so. */
export function brokerRoutes(deps: BrokerDeps): Route[] {
  return [
    ...clusterRoutes(deps),
    ...taskRoutes(deps),
    ...profileKinds.flatMap((kind) => profileRoutes(kind, deps)),
    ...quotaRoutes(deps),
  ];
}

function clusterRoutes({ state, changes }: BrokerDeps): Route[] {
  return [
    route('GET', '/plans', () => json(200, planDefinitions)),
    route('GET', '/clusters', () => json(200, state.list())),
    route('GET', '/clusters/:name', (_request, { name = '' }) =>
      okOrNotFound(state.findByName(name)),
    ),
    route('POST', '/clusters', ({ body }) =>
      json(202, changes.create(JSON.parse(body) as NewCluster)),
    ),
    route('PATCH', '/clusters/:name', ({ body }, { name = '' }) =>
      json(202, changes.update(name, JSON.parse(body) as ClusterChange)),
    ),
    route('DELETE', '/clusters/:name', (_request, { name = '' }) =>
      json(202, changes.delete(name)),
    ),
  ];
}

/** Creates the routes for upgrade tasks. */
function taskRoutes({ changes, tasks, now }: BrokerDeps): Route[] {
  const toOwnedTask = (task: Task) => ({ owner: task.owner, task: toTaskInfo(task, now()) });
  const taskOrNotFound = (task: Task | undefined) => okOrNotFound(task && toOwnedTask(task));
  return [
    route('POST', '/tasks', ({ body }) =>
      json(202, toOwnedTask(changes.upgrade(JSON.parse(body) as Upgrade))),
    ),
    route('GET', '/tasks', () => json(200, tasks.listLatestFirst().map(toOwnedTask))),
    route('GET', '/tasks/:uuid', (_request, { uuid = '' }) => taskOrNotFound(tasks.get(uuid))),
    route('DELETE', '/tasks/:uuid', (_request, { uuid = '' }) =>
      taskOrNotFound(changes.cancel(uuid)),
    ),
  ];
}

/**
 * Creates the routes for profiles. A profile that a cluster uses cannot be deleted.
 *
 * @see pks-api, section 10
 */
function profileRoutes(kind: ProfileKind, { profiles, state, now }: BrokerDeps): Route[] {
  const path = `/profiles/${kind}`;
  const conflictError = (name: string, problem: string) =>
    brokerError(409, `The ${kind} profile named "${name}" ${problem}`);
  const nameMember: keyof Cluster = `${kind}_profile_name`;
  return [
    route('GET', path, () => json(200, profiles.listByKind(kind))),
    route('POST', path, ({ body }) => {
      const { name, owner, ...content } = JSON.parse(body) as Pick<Profile, 'name' | 'owner'>;
      if (profiles.get(kind, name)) throw conflictError(name, 'already exists.');
      const profile = { kind, name, owner, uuid: randomUUID(), createdAt: now(), content };
      profiles.put(profile);
      return json(201, profile);
    }),
    route('GET', `${path}/:name`, (_request, { name = '' }) =>
      okOrNotFound(profiles.get(kind, name)),
    ),
    route('DELETE', `${path}/:name`, (_request, { name = '' }) => {
      const isUsed = state.list().some(({ cluster }) => cluster[nameMember] === name);
      if (isUsed) throw conflictError(name, 'is in use and cannot be deleted.');
      return deletedOrNotFound(profiles.delete(kind, name));
    }),
  ];
}

/** Creates the routes for quotas. The API enforces them. */
function quotaRoutes({ quotas }: BrokerDeps): Route[] {
  return [
    route('GET', '/quotas', () => json(200, quotas.all())),
    route('GET', '/quotas/:owner', (_request, { owner = '' }) => okOrNotFound(quotas.get(owner))),
    route('PUT', '/quotas/:owner', ({ body }, { owner = '' }) => {
      const quota = { owner, limit: JSON.parse(body) as Quota['limit'] };
      quotas.put(quota);
      return json(200, quota);
    }),
    route('DELETE', '/quotas/:owner', (_request, { owner = '' }) =>
      deletedOrNotFound(quotas.delete(owner)),
    ),
  ];
}

function okOrNotFound(value: unknown): SandboxResponse {
  return value === undefined ? json(404, { description: 'not found' }) : json(200, value);
}

function deletedOrNotFound(existed: boolean): SandboxResponse {
  return okOrNotFound(existed ? {} : undefined);
}
