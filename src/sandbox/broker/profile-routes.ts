import { randomUUID } from 'node:crypto';
import { json, route, type Route, type SandboxResponse } from '../router.js';
import type { Cluster } from './cluster.js';
import { objectIn } from './inputs.js';
import { profileKinds, type ProfileKind, type ProfileStore } from './profiles.js';
import type { BrokerState } from './state.js';

export interface ProfileRoutesDeps {
  readonly profiles: ProfileStore;
  readonly state: BrokerState;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Profiles, each with its creator. One that a cluster uses cannot be deleted.
 * @see pks-api, section 10
 */
export function profileRoutes({ profiles, state, now }: ProfileRoutesDeps): Route[] {
  return profileKinds.flatMap((kind) => {
    const path = `/profiles/${kind}`;
    return [
      route('GET', path, () => json(200, profiles.ofKind(kind))),
      route('POST', path, ({ body }) => {
        const { name, owner, ...content } = objectIn(body);
        if (typeof name !== 'string' || typeof owner !== 'string') return incomplete;
        if (profiles.get(kind, name)) return conflict(kind, name, 'already exists.');
        const profile = { kind, name, owner, uuid: randomUUID(), createdAt: now(), content };
        profiles.put(profile);
        return json(201, profile);
      }),
      route('GET', `${path}/:name`, (_request, { name = '' }) => {
        const found = profiles.get(kind, name);
        return found ? json(200, found) : none;
      }),
      route('DELETE', `${path}/:name`, (_request, { name = '' }) => {
        if (!profiles.get(kind, name)) return none;
        if (isUsed(state, kind, name)) {
          return conflict(kind, name, 'is in use and cannot be deleted.');
        }
        profiles.delete(kind, name);
        return json(200, {});
      }),
    ];
  });
}

const none = json(404, { description: 'no such profile' });
const incomplete = json(400, { description: 'a profile has a name and an owner' });

function conflict(kind: ProfileKind, name: string, why: string): SandboxResponse {
  return json(409, { description: `The ${kind} profile named "${name}" ${why}` });
}

function isUsed(state: BrokerState, kind: ProfileKind, name: string): boolean {
  const member: keyof Cluster = `${kind}_profile_name`;
  return state.instances().some(({ cluster }) => cluster[member] === name);
}
