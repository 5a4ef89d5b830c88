import { expect, test } from '@jest/globals';
import type { Context } from '../../../../src/contexts/context.js';
import { clusters } from '../../../../src/commands/clusters/clusters.js';
import { maximumCachedNames } from '../../../../src/commands/name-completion.js';
import { fakeClusters } from '../../../support/fakes/fake-clusters.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aUserContext } from '../../../support/fixtures/fixtures.js';

const codyContext = aUserContext({ name: 'cody@localhost' });
const notUsed = () => Promise.reject(new Error('not used'));
const unused = {
  clock: { ...fixedClock(), sleep: notUsed },
  settings: notUsed,
  sessionStore: notUsed,
  clustersIn: notUsed,
  untilInterrupted: notUsed,
};

/** Runs `tpks clusters`. @returns the names that it stores for completion, by context. */
async function listAndReadCache(
  context: Context,
  listed = ['dev-1', 'dev-2'],
): Promise<Record<string, readonly string[]>> {
  const cached: Record<string, readonly string[]> = {};
  await clusters(
    {},
    {
      ...unused,
      terminal: recordedTerminal(),
      context: async () => context,
      clusters: async () => fakeClusters({ list: async () => listed.map((name) => ({ name })) }),
      names: async () => ({
        read: async () => [],
        write: async (name, names) => {
          cached[name] = names;
        },
        readTime: () => Promise.resolve(undefined),
        claimRefresh: () => Promise.resolve(false),
        forget: async () => undefined,
      }),
    },
  );
  return cached;
}

test('tpks clusters stores the cluster names for completion', async () => {
  expect(await listAndReadCache(codyContext)).toEqual({ 'cody@localhost': ['dev-1', 'dev-2'] });
});

test('tpks clusters stores no names for a context from the environment', async () => {
  expect(await listAndReadCache({ ...codyContext, store: 'none' })).toEqual({});
});

test('tpks clusters stores only the first names of a very long list', async () => {
  const names = Array.from({ length: maximumCachedNames + 5 }, (_, index) => `c-${String(index)}`);
  const { 'cody@localhost': stored } = await listAndReadCache(codyContext, names);
  expect(stored).toEqual(names.slice(0, maximumCachedNames));
});
