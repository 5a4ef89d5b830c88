import { expect, test } from '@jest/globals';
import type { Context } from '../../../../src/contexts/context.js';
import { clusters } from '../../../../src/commands/clusters/clusters.js';
import { fakeClusters } from '../../../support/fake-clusters.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { fixedClock } from '../../../support/fixed-clock.js';
import { aUserContext } from '../../../support/fixtures.js';

const context = aUserContext({ name: 'cody@localhost' });
const notUsed = () => Promise.reject(new Error('not used'));
const unused = {
  clock: { ...fixedClock(), sleep: notUsed },
  settings: notUsed,
  sessionStore: notUsed,
  clustersIn: notUsed,
  untilInterrupted: notUsed,
};

async function cachedBy(of: Context): Promise<Record<string, readonly string[]>> {
  const cached: Record<string, readonly string[]> = {};
  await clusters(
    {},
    {
      ...unused,
      terminal: recordedTerminal(),
      context: async () => of,
      clusters: async () =>
        fakeClusters({ list: async () => [{ name: 'dev-1' }, { name: 'dev-2' }] }),
      names: async () => ({
        read: async () => [],
        write: async (name, names) => {
          cached[name] = names;
        },
        forget: async () => undefined,
      }),
    },
  );
  return cached;
}

test('a list leaves its names for completion', async () => {
  expect(await cachedBy(context)).toEqual({ 'cody@localhost': ['dev-1', 'dev-2'] });
});

test('a run from the environment leaves nothing behind', async () => {
  expect(await cachedBy({ ...context, store: 'none' })).toEqual({});
});
