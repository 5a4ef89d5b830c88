import { describe, expect, test } from '@jest/globals';
import { watchClusters } from '../../../../src/commands/clusters/watch-clusters.js';
import { TpksError } from '../../../../src/errors.js';
import type { Cluster } from '../../../../src/pks/clusters.js';
import { fakeClusters } from '../../../support/fake-clusters.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { virtualClock } from '../../../support/virtual-clock.js';
import { aCluster } from '../../../support/fixtures.js';

type Look = readonly Cluster[] | Error;
type Flags = Parameters<typeof watchClusters>[0];

/** Looks that come one after the other; Ctrl-C in the one after the last. */
async function watched(
  looks: readonly Look[],
  { width, ...flags }: Flags & { readonly width?: number } = {},
) {
  const terminal = {
    ...recordedTerminal(),
    canRepaint: () => width !== undefined,
    columns: () => width ?? 80,
  };
  const left = [...looks];
  let interrupt: () => void = () => undefined;
  const list = async (): Promise<Cluster[]> => {
    const next = left.shift();
    if (next === undefined) {
      interrupt();
      return new Promise(() => undefined);
    }
    if (next instanceof Error) throw next;
    return [...next];
  };
  await watchClusters(flags, {
    terminal,
    clock: virtualClock(),
    clusters: async () => fakeClusters({ list }),
    untilInterrupted: () => new Promise((resolve) => (interrupt = resolve)),
  });
  return terminal;
}

const away = new TpksError('unavailable', 'the connection was refused');
const one = aCluster({ last_action_state: 'in progress' });
const done = aCluster();

describe('off a terminal', () => {
  test('the table is printed again when it has changed', async () => {
    const { lines } = await watched([[one], [one], [done]]);
    expect(lines.filter((line) => line.includes('c1'))).toEqual([
      expect.stringContaining('in progress'),
      expect.stringContaining('succeeded'),
    ]);
  });

  test('a failed request is reported, and does not end it', async () => {
    const { lines, notes } = await watched([[one], away, [done]]);
    expect(notes).toEqual(['the connection was refused; trying again']);
    expect(lines.at(-1)).toContain('succeeded');
  });

  test('each outage is reported once, however long it lasts', async () => {
    const { notes } = await watched([away, away, [one], away, away]);
    expect(notes).toEqual(Array(2).fill('the connection was refused; trying again'));
  });

  test('the same malformed response five times in a row ends it', async () => {
    const malformed = new TpksError('unavailable', 'an invalid cluster', { status: 200 });
    const four = Array<Look>(4).fill(malformed);
    const { notes } = await watched([...four, [one], ...four]);
    expect(notes).toEqual(Array(2).fill('an invalid cluster; trying again'));
    await expect(watched([[one], ...four, malformed, [done]])).rejects.toBe(malformed);
  });

  test('what waiting cannot help against ends it', async () => {
    const ended = new TpksError('unauthenticated', 'log in');
    await expect(watched([[one], ended])).rejects.toBe(ended);
  });
});

describe('on a terminal', () => {
  test('the last table stays while there is no answer, with the trouble below', async () => {
    const { lives } = await watched([[one], away], { width: 120 });
    const [first = [], second = []] = lives;
    expect(first[0]).toMatch(/^\d\d:\d\d:\d\d, every 5 s; press Ctrl-C to stop$/);
    expect(second.slice(1)).toEqual([
      ...first.slice(1),
      '',
      'the connection was refused; trying again',
    ]);
  });

  test.each([
    [120, /^PKS Version +Name +k8s Version +Plan Name +UUID +Status +Action$/],
    [80, /^PKS Version +Name +k8s Version +Plan Name +Status +Action$/],
    [40, /^Name +Plan Name +Status +Action$/],
    [30, /^Name +Status +Action$/],
  ])('%s columns wide, name and status are never pushed off', async (width, head) => {
    const { lives } = await watched([[one]], { width });
    expect(lives[0]?.[2]).toMatch(head);
  });
});

test.each<Flags>([{ allContexts: true }, { output: 'name' }, { output: 'json' }])(
  '%j does not go with it',
  async (flags) => {
    await expect(watched([[one]], flags)).rejects.toMatchObject({ kind: 'usage' });
  },
);
