import { expect, test } from '@jest/globals';
import { watchClusters } from '../../../../src/commands/clusters/watch-clusters.js';
import { waitForOperation } from '../../../../src/commands/waiting/wait-for-operation.js';
import { TpksError } from '../../../../src/errors.js';
import { fakeClusters } from '../../../support/fake-clusters.js';
import { measureGrowth } from '../../../support/heap.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { virtualClock } from '../../../support/virtual-clock.js';
import { aCluster } from '../../../support/fixtures.js';

const polls = 2000;
const warmPolls = 500;

/** A leaked poll would retain 50 clusters, more than 10 KiB. */
const mostBytesPerPoll = 256;

/** A terminal that does not record its output. */
const forgetfulTerminal = (canRepaint: boolean) => ({
  ...recordedTerminal(),
  canRepaint: () => canRepaint,
  show: async () => undefined,
  live: () => undefined,
  note: () => undefined,
});

const clustersAt = (poll: number) =>
  Array.from({ length: 50 }, (_, at) =>
    aCluster({ name: `c-${String(at)}`, last_action_description: `seen ${String(poll)} times` }),
  );

test.each([
  ['on a terminal', true],
  ['off a terminal', false],
])(`clusters --watch %s does not grow over ${String(polls)} polls`, async (_where, canRepaint) => {
  const growth = measureGrowth(warmPolls, polls);
  let interrupt: () => void = () => undefined;
  await watchClusters(
    {},
    {
      terminal: forgetfulTerminal(canRepaint),
      clock: virtualClock(),
      clusters: async () =>
        fakeClusters({
          list: async () => {
            await growth.onRound();
            if (growth.rounds() === polls) interrupt();
            // Outages come and go, each with a message of its own.
            const poll = growth.rounds();
            if (poll % 10 === 0)
              throw new TpksError('unavailable', `request ${String(poll)} failed`);
            return clustersAt(poll);
          },
        }),
      untilInterrupted: () => new Promise((resolve) => (interrupt = resolve)),
    },
  );
  expect(growth.bytesPerRound()).toBeLessThan(mostBytesPerPoll);
});

test(`--wait does not grow over ${String(polls)} polls`, async () => {
  const growth = measureGrowth(warmPolls, polls);
  await waitForOperation(
    {
      label: 'cluster c1',
      statusCommand: 'tpks cluster c1',
      waitCommand: 'tpks wait c1',
      read: async () => {
        await growth.onRound();
        return clustersAt(growth.rounds());
      },
      formatLines: ([first]) => [
        { text: `c1: ${first?.last_action_description ?? ''}`, isFinished: false },
      ],
      isFinished: () => growth.rounds() === polls,
    },
    {
      clock: virtualClock(),
      terminal: forgetfulTerminal(true),
      untilInterrupted: () => new Promise(() => undefined),
    },
  );
  expect(growth.bytesPerRound()).toBeLessThan(mostBytesPerPoll);
});
