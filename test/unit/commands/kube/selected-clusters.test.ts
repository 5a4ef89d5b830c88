import { describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import { TpksError } from '../../../../src/base/errors.js';
import { selectClusters } from '../../../../src/commands/kube/selected-clusters.js';
import type { ContextSettings } from '../../../../src/platform/config/settings.js';
import { fakeClusters } from '../../../support/fakes/fake-clusters.js';
import { memorySettings } from '../../../support/fakes/memory-settings.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import {
  adminSettings,
  aUserContext,
  codySettings,
} from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting } from '../../../support/fixtures/selections.js';

const atB = { api: 'https://b.example.com:443', uaa: 'https://b.example.com:8443' };
const contexts: Record<string, ContextSettings> = {
  admin: adminSettings,
  cody: codySettings,
  dana: { ...codySettings, identity: 'dana' },
  'admin-b': { ...adminSettings, ...atB },
  'cody-b': { ...codySettings, ...atB },
};
const unreachable = new TpksError('unavailable', 'no connection', { facts: [['Host', 'b']] });

const aliases = { ...contexts, alias: { ...codySettings, uaa: 'https://10.0.0.1:8443' } };

type Flags = Parameters<typeof selectClusters>[0];

interface Scene {
  readonly stored?: typeof contexts;
  /** The context that PKS commands use. */
  readonly pks?: string;
  readonly loggedIn?: readonly string[];
  /** By context. */
  readonly lists?: Readonly<Record<string, readonly Cluster[] | Error>>;
}

async function select(flags: Flags, scene: Scene = {}) {
  const { stored = contexts, pks, loggedIn = Object.keys(stored), lists = {} } = scene;
  const terminal = recordedTerminal();
  const clustersIn = (name: string) =>
    fakeClusters({
      list: async () => {
        const list = lists[name] ?? [{ name: 'dev-1' }];
        if (list instanceof Error) throw list;
        return [...list];
      },
    });
  const findContext = async (name: string) => aUserContext({ ...stored[name], name } as object);
  const result = await selectClusters(flags, {
    ...{ terminal, clustersIn, findContext },
    settings: memorySettings(selecting(pks === undefined ? {} : { pks }, { contexts: stored })),
    hasSession: async ({ name }) => loggedIn.includes(name),
    context: () => findContext('cody'),
    clusters: () => clustersIn('cody'),
  });
  const selected = result.selected.map(({ context, clusters }) => [
    context.name,
    ...clusters.map(({ name, installation }) => `${name} ${installation}`),
  ]);
  return { ...result, selected, terminal };
}

const allContexts = true;

describe('with --all-contexts, each installation has one context:', () => {
  test.each<[string, Scene, readonly string[]]>([
    ['a user', {}, ['cody', 'cody-b']],
    ['the one that PKS commands use', { pks: 'dana' }, ['dana', 'cody-b']],
    ['only one if it has two UAA addresses', { stored: aliases }, ['cody', 'cody-b']],
    [
      'the current context if the installation has two UAA addresses',
      { stored: aliases, pks: 'alias' },
      ['alias', 'cody-b'],
    ],
    ['even if it is a client', { pks: 'admin' }, ['admin', 'cody-b']],
    [
      'one that is logged in',
      { pks: 'dana', loggedIn: ['admin', 'admin-b', 'cody-b'] },
      ['admin', 'cody-b'],
    ],
  ])('%s', async (_name, scene, names) => {
    const { selected } = await select({ allContexts }, scene);
    expect(selected).toEqual([
      [names[0], 'dev-1 api.example.com'],
      [names[1], 'dev-1 b.example.com:443'],
    ]);
  });

  test('none if no context of the installation is logged in', async () => {
    const { selected, terminal } = await select({ allContexts }, { loggedIn: ['cody'] });
    expect(selected).toEqual([['cody', 'dev-1 api.example.com']]);
    expect(terminal.notes).toEqual(['Skipped b.example.com:443: not logged in']);
  });
});

test('fails if no context is logged in', async () => {
  await expect(select({ allContexts }, { loggedIn: [] })).rejects.toMatchObject({
    kind: 'unauthenticated',
    hint: expect.stringContaining('tpks login'),
  });
});

test('lists the clusters of the others if an installation fails', async () => {
  const { selected, failures, terminal } = await select(
    { allContexts },
    { lists: { 'cody-b': unreachable } },
  );
  expect(selected).toEqual([['cody', 'dev-1 api.example.com'], ['cody-b']]);
  expect(failures).toEqual([{ name: 'b.example.com:443', error: unreachable }]);
  expect(terminal.warnings).toEqual(['b.example.com:443: no connection (Host: b)']);
});

test('without --all-contexts, uses only the current context, and throws its error', async () => {
  expect((await select({})).selected).toEqual([['cody', 'dev-1 api.example.com']]);
  await expect(select({}, { lists: { cody: unreachable } })).rejects.toBe(unreachable);
});

test('filters by fields, and by the installation', async () => {
  const filter = [
    { key: 'installation', value: 'b.*' },
    { key: 'name', value: 'dev-*' },
  ];
  const lists = { 'cody-b': [{ name: 'dev-1' }, { name: 'prod-1' }] };
  const { selected } = await select({ allContexts, filter }, { lists });
  expect(selected).toEqual([['cody'], ['cody-b', 'dev-1 b.example.com:443']]);
});

test('rejects an unknown key in --filter, with a suggestion', async () => {
  const filter = [{ key: 'instalation', value: 'x' }];
  await expect(select({ allContexts, filter })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('Did you mean installation?'),
  });
});
