import { isTpksError, rewordError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import {
  createTrustResources,
  findGroup,
  ignoreNotFound,
  readContent,
  toTrust,
  type TrustStep,
} from './content.js';
import { planTrust } from './plan.js';
import { planRemoval } from './removal.js';
import type { TrustRequest } from './request.js';

/**
 * Runs the steps one after the other. After a failure or an interruption, a new plan contains exactly the remaining steps.
 * @throws {TpksError} the error of the first step that fails.
 */
async function runSteps(steps: readonly TrustStep[]): Promise<void> {
  for (const [done, { run }] of steps.entries()) {
    try {
      await run();
    } catch (error) {
      if (!isTpksError(error) || done === 0) throw error;
      throw rewordError(error, {
        message: `Stopped after ${done} of ${steps.length} changes: ${error.message}`,
        nextHint: 'fix the problem, then run the same command again to apply the rest',
      });
    }
  }
}

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
    plan: async (request: TrustRequest) => {
      const content = await readContent(resources);
      const steps = await planTrust(request, { content, resources, send, uaa });
      return { steps, apply: () => runSteps(steps) };
    },
    planRemoval: (name: string) => planRemoval(name, resources),
    /** @throws {TpksError} `notFound` */
    remove: async (name: string) => {
      const steps = await planRemoval(name, resources);
      await runSteps(steps);
      return { name, changes: steps.map(({ action, kind, name }) => ({ action, kind, name })) };
    },
  };
}
