import { expect, test, describe } from '@jest/globals';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import { TpksError } from '../../../../src/base/errors.js';
import { findLink } from '../../../../src/base/link.js';
import { clusterList, clusters } from '../../../../src/commands/clusters/clusters.js';
import type { ListFlags } from '../../../../src/commands/resource/list.js';
import { watchList } from '../../../../src/commands/waiting/watch-list.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import type { SettingsFile } from '../../../../src/platform/config/settings.js';
import {
  displayWidth,
  type Line,
  lineText,
  spansOf,
} from '../../../../src/platform/terminal/lines.js';
import { fakeClusters } from '../../../support/fakes/fake-clusters.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { unused } from '../../../support/fakes/unused.js';
import { virtualClock } from '../../../support/fakes/virtual-clock.js';
import {
  aClientContext,
  aUserContext,
  aCluster,
} from '../../../support/fixtures/contexts-and-clusters.js';

const codyContext = aUserContext({ name: 'cody@localhost' });
const notUsed = () => Promise.reject(new Error('not used'));
const otherDeps = {
  link: findLink('tpks'),
  clock: { ...fixedClock(), sleep: notUsed },
  settings: unused<SettingsFile>(),
  hasSession: notUsed,
  clustersIn: () => fakeClusters({}),
  untilInterrupted: notUsed,
};

const noNames = () => ({
  read: () => [],
  write: async () => undefined,
  readTime: () => undefined,
  claimRefresh: () => false,
  forget: () => undefined,
});

/** Runs `tpks clusters`. @returns the names that it stores for completion, by context. */
async function listAndReadCache(
  context: Context,
  listed = ['dev-1', 'dev-2'],
): Promise<Record<string, readonly string[]>> {
  const cached: Record<string, readonly string[]> = {};
  await clusters(
    {},
    {
      ...otherDeps,
      terminal: recordedTerminal(),
      context: async () => context,
      clusters: () => fakeClusters({ list: async () => listed.map((name) => ({ name })) }),
      names: () => ({
        ...noNames(),
        write: async (name, names) => {
          cached[name] = names;
        },
      }),
    },
  );
  return cached;
}

test('an empty list on a terminal says which clusters the scope manage lists', async () => {
  const terminal = { ...recordedTerminal(), usesScreen: () => true };
  const deps = { ...otherDeps, terminal, context: async () => codyContext, names: noNames };
  await clusters({}, { ...deps, clusters: () => fakeClusters({ list: async () => [] }) });
  expect(terminal.notes).toEqual([
    'The scope pks.clusters.manage lists only clusters that you created',
  ]);
});

test('tpks clusters stores the cluster names for completion', async () => {
  expect(await listAndReadCache(codyContext)).toEqual({ 'cody@localhost': ['dev-1', 'dev-2'] });
});

type Response = readonly Cluster[] | Error;
type Flags = ListFlags;

interface WatchSettings {
  /** The width of the terminal; if absent, stdout is not a terminal. */
  readonly width?: number;
  readonly context?: Context;
}

/** Runs `watchList` with one response per poll. Ctrl-C interrupts the poll after the last one. */
async function watch(
  responses: readonly Response[],
  { width, context = codyContext, ...flags }: Flags & WatchSettings = {},
) {
  const recorded = recordedTerminal();
  const liveLines: (readonly Line[])[] = [];
  const terminal = {
    ...recorded,
    canRepaint: () => width !== undefined,
    columns: () => width ?? 80,
    liveLines,
    showLive: (lines: readonly Line[]) => {
      liveLines.push(lines);
      recorded.showLive(lines);
    },
  };
  const remaining = [...responses];
  let interrupt: () => void = () => undefined;
  const list = async (): Promise<Cluster[]> => {
    const next = remaining.shift();
    if (next === undefined) {
      interrupt();
      return new Promise(() => undefined);
    }
    if (next instanceof Error) throw next;
    return [...next];
  };
  await watchList(
    { list: clusterList, flags, read: list },
    {
      terminal,
      clock: virtualClock(),
      context: async () => context,
      untilInterrupted: () => new Promise((resolve) => (interrupt = resolve)),
    },
  );
  return terminal;
}

const unavailable = new TpksError('unavailable', 'the connection was refused');
const creating = aCluster({ last_action_state: 'in progress' });
const done = aCluster();

describe('watchList without a terminal', () => {
  test.each<readonly [string, readonly Response[], Flags]>([
    ['filter', [[creating]], { filter: [{ key: 'stauts', value: 'failed' }] }],
    [
      'filter, after a failed request',
      [unavailable, [done]],
      { filter: [{ key: 'stauts', value: '' }] },
    ],
    ['sort key', [[creating]], { sortBy: 'stauts' }],
    ['column, before the first request', [], { columns: ['stauts'] }],
  ])('rejects an unknown %s', async (_name, responses, flags) => {
    await expect(watch(responses, flags)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^Unknown .*"stauts" \(Did you mean status\?\)$/),
      hint: expect.stringMatching(/^choose from pks-version, name/),
    });
  });

  test('prints the table again when it has changed', async () => {
    const { lines } = await watch([[creating], [creating], [done]]);
    expect(lines.filter((line) => line.includes('c1'))).toEqual([
      expect.stringContaining('in progress'),
      expect.stringContaining('succeeded'),
    ]);
  });

  test('reports a failed request and continues', async () => {
    const { lines, notes } = await watch([[creating], unavailable, [done]]);
    expect(notes).toEqual(['the connection was refused; trying again']);
    expect(lines.at(-1)).toContain('succeeded');
  });

  test('reports each outage once, no matter how long it lasts', async () => {
    const { notes } = await watch([unavailable, unavailable, [creating], unavailable, unavailable]);
    expect(notes).toEqual(Array(2).fill('the connection was refused; trying again'));
  });
});

describe('watchList on a terminal', () => {
  test('keeps the last table during an outage, with the error below it', async () => {
    const { liveUpdates: lives } = await watch([[creating], unavailable], { width: 120 });
    const [first = [], second = []] = lives;
    expect(second.slice(1)).toEqual([
      ...first.slice(1),
      '',
      'the connection was refused; trying again',
    ]);
    // Drawn once more at the end, in case the terminal shows ^C below the table.
    expect(lives.slice(2)).toEqual([second]);
  });

  test.each([
    ['cody', codyContext],
    ['client admin', aClientContext()],
  ])('names the installation and the identity above the table: %s', async (name, context) => {
    const { liveUpdates: lives } = await watch([[creating]], { width: 120, context });
    expect(lives[0]?.[0]).toBe(
      `api.example.com:9021 as ${name}, 10:00:00, every 5 s; press Ctrl-C to stop`,
    );
  });

  test.each([60, 80, 120, 200])(
    'fits a screen that is %d columns wide, with a colored status',
    async (width) => {
      const names = ['dev-1', 'n'.repeat(90), '\u96c6'.repeat(40)];
      const rows = names.map((name) => aCluster({ name, last_action_state: 'in progress' }));
      const columns = ['name', 'status', 'uuid'];
      const { liveLines } = await watch([rows], { width, columns });
      const [first = []] = liveLines;
      for (const line of first) expect(displayWidth(lineText(line))).toBeLessThan(width);
      const spans = first.flatMap(spansOf);
      expect(spans).toContainEqual({ text: 'in progress', tone: 'busy' });
      expect(first.map(lineText).join('\n')).toMatch(/^NAME +STATUS +UUID$/m);
    },
  );
});

test.each<Flags>([{ output: 'name' }, { output: 'json' }])(
  'watchList rejects %j',
  async (flags) => {
    await expect(watch([[creating]], flags)).rejects.toMatchObject({ kind: 'usage' });
  },
);
