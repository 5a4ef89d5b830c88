import { expect, test } from '@jest/globals';
import { watchClusters } from '../../../../src/commands/clusters/clusters.js';
import { waitForOperation } from '../../../../src/commands/waiting/wait-for-operation.js';
import { TpksError } from '../../../../src/errors.js';
import { fakeClusters } from '../../../support/fakes/fake-clusters.js';
import { measureGrowth } from '../../../support/checks/heap.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { virtualClock } from '../../../support/fakes/virtual-clock.js';
import { aCluster } from '../../../support/fixtures/fixtures.js';

const isNightly = process.env.TPKS_NIGHTLY === '1';
const polls = isNightly ? 2000 : 300;
const warmupPolls = isNightly ? 500 : 100;

/** A poll that is not freed would retain 50 clusters, more than 10 KiB. Few polls are less exact. */
const maximumBytesPerPoll = isNightly ? 256 : 4096;

/** Creates a terminal that does not record its output, which would use memory. */
const createSilentTerminal = (canRepaint: boolean) => ({
  ...recordedTerminal(),
  canRepaint: () => canRepaint,
  show: async () => undefined,
  showLive: () => undefined,
  note: () => undefined,
});

const createClusters = (poll: number) =>
  Array.from({ length: 50 }, (_, index) =>
    aCluster({ name: `c-${String(index)}`, last_action_description: `seen ${String(poll)} times` }),
  );

test.each([
  ['on a terminal', true],
  ['without a terminal', false],
])(
  `clusters --watch %s uses no more memory after ${String(polls)} polls`,
  async (_output, canRepaint) => {
    const growth = measureGrowth(warmupPolls, polls);
    let interrupt: () => void = () => undefined;
    await watchClusters(
      {},
      {
        terminal: createSilentTerminal(canRepaint),
        clock: virtualClock(),
        clusters: async () =>
          fakeClusters({
            list: async () => {
              await growth.onRound();
              if (growth.rounds() === polls) interrupt();
              // Every tenth request fails, with a different message each time.
              const poll = growth.rounds();
              if (poll % 10 === 0)
                throw new TpksError('unavailable', `request ${String(poll)} failed`);
              return createClusters(poll);
            },
          }),
        untilInterrupted: () => new Promise((resolve) => (interrupt = resolve)),
      },
    );
    expect(growth.bytesPerRound()).toBeLessThan(maximumBytesPerPoll);
  },
);

test(`--wait uses no more memory after ${String(polls)} polls`, async () => {
  const growth = measureGrowth(warmupPolls, polls);
  await waitForOperation(
    {
      label: 'cluster c1',
      statusCommand: 'tpks cluster c1',
      waitCommand: 'tpks wait c1',
      read: async () => {
        await growth.onRound();
        return createClusters(growth.rounds());
      },
      formatLines: ([first]) => [
        { text: `c1: ${first?.last_action_description ?? ''}`, isFinished: false },
      ],
      isFinished: () => growth.rounds() === polls,
    },
    {
      clock: virtualClock(),
      terminal: createSilentTerminal(true),
      untilInterrupted: () => new Promise(() => undefined),
    },
  );
  expect(growth.bytesPerRound()).toBeLessThan(maximumBytesPerPoll);
});
