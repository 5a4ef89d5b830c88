import { PassThrough, Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { run } from '../../../../src/cli/run.js';
import type { Send } from '../../../../src/platform/http/send.js';
import { measureGrowth } from '../../../support/checks/heap.js';
import { toResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { virtualClock } from '../../../support/fakes/virtual-clock.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';
import { createUser } from '../../../support/program/cli.js';
import { isNightly } from '../../../support/runner/nightly.js';

const polls = isNightly ? 3000 : 300;
const warmupPolls = isNightly ? 1000 : 100;

/** A poll that is not freed would retain 50 clusters, more than 10 KiB. Few polls are less exact. */
const maximumBytesPerPoll = isNightly ? 512 : 4096;

const createClusters = (poll: number) =>
  Array.from({ length: 50 }, (_, index) =>
    aCluster({ name: `c-${String(index)}`, last_action_description: `seen ${String(poll)} times` }),
  );

const createSink = (isTTY: boolean) => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  return Object.assign(stream, { isTTY, columns: 120, rows: 40 });
};

test.each([
  ['on a terminal', true],
  ['without a terminal', false],
])(
  `clusters --watch %s uses no more memory after ${String(polls)} polls`,
  async (_output, isTTY) => {
    const growth = measureGrowth(warmupPolls, polls);
    let interrupt: () => void = () => undefined;
    const send: Send = async ({ url }) => {
      if (url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
      await growth.onRound();
      const poll = growth.rounds();
      if (poll === polls) interrupt();
      // Every tenth request fails, with a different message each time.
      const failure = { status: 503, body: { error: `request ${String(poll)} failed` } };
      return toResponse(poll % 10 === 0 ? failure : { body: createClusters(poll) });
    };
    const io = {
      stdin: new PassThrough().end(),
      stdout: createSink(isTTY),
      stderr: createSink(isTTY),
      platform: process.platform,
      env: {
        ...createUser().env,
        ...{ TPKS_API: 'pks.test', TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pass-word' },
      },
    };
    const code = await run(['clusters', '--watch'], io, {
      send,
      clock: virtualClock(),
      onInterrupt: (listener) => (interrupt = listener),
    });
    expect(code).toBe(0);
    expect(growth.bytesPerRound()).toBeLessThan(maximumBytesPerPoll);
  },
);
