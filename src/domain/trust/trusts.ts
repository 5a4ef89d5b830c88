import type { Send } from '../../platform/http/send.js';
import {
  createTrustResources,
  findGroup,
  ignoreNotFound,
  readContent,
  toTrust,
} from './content.js';
import { planTrust, type TrustPlan } from './plan.js';
import { planRemoval } from './removal.js';
import type { TrustRequest } from './request.js';
import { runSteps } from './step.js';

export type Trusts = ReturnType<typeof createTrusts>;

/**
 * Manages CI trusts. Reading requires the scopes `scim.read`, `idps.read` and `clients.read`,
 * writing also `scim.write`, `idps.write` and `clients.write`.
 * @see docs/contributing/servers/ci.md#trust
 */
export function createTrusts(send: Send, uaa: string) {
  const resources = createTrustResources(send, uaa);
  return {
    list: async () => {
      const content = await readContent(resources);
      return content.groups.map((group) => toTrust(group, content));
    },
    /** @throws {TpksError} `notFound` */
    get: async (name: string) => {
      const content = await readContent(resources);
      return toTrust(findGroup(name, content), content);
    },
    /** @returns `undefined` if it does not exist. */
    findClient: (id: string) => ignoreNotFound(resources.clients.get(id)),
    /**
     * Compares a request with the UAA. Sends only read requests.
     * @throws {TpksError} `conflict` if the trust requires changes to an object that tpks did not create.
     */
    plan: async (request: TrustRequest): Promise<TrustPlan> =>
      planTrust(request, { content: await readContent(resources), resources, send, uaa }),
    planRemoval: (name: string) => planRemoval(name, resources),
    /** @throws {TpksError} `notFound` */
    remove: async (name: string) => {
      const steps = await planRemoval(name, resources);
      await runSteps(steps);
      return { name, changes: steps.map(({ action, kind, name }) => ({ action, kind, name })) };
    },
  };
}
