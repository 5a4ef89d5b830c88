import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { remove } from '../../../../src/commands/kube/kubeconfig-remove.js';
import {
  aKubernetesSession,
  anOwnContext,
  anOwner,
} from '../../../support/fakes/kubeconfig-fakes.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { kubeconfigCommand } from '../../../support/program/kubeconfig-command.js';

const dev1 = anOwnContext();
const dev2 = anOwnContext({ name: 'dev-2', owner: anOwner({ cluster: 'dev-2' }) });
const session = 'cody@api.example.com';
const withTpksContext = { contexts: { [session]: codySettings } };
const prod = anOwner({ api: 'https://prod.example.com:9021' });

describe('tpks kubeconfig remove', () => {
  test('removes the context with this name', async () => {
    const { deps, terminal, kubeconfig, requests } = kubeconfigCommand({ contexts: [dev1, dev2] });
    await remove({ names: ['dev-1'] }, deps);
    expect(kubeconfig.names()).toEqual(['dev-2']);
    expect(terminal.lines).toEqual(['Removed context dev-1 from /home/cody/.kube/config']);
    expect(terminal.json).toEqual([
      {
        contexts: [
          {
            name: 'dev-1',
            path: '/home/cody/.kube/config',
            api: 'https://api.example.com:9021',
            cluster: 'dev-1',
            identity: 'cody',
          },
        ],
        removed: true,
      },
    ]);
    expect(terminal.notes).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('removes all contexts of the cluster with this name', async () => {
    const other = { ...dev1, name: 'other' };
    const { deps, kubeconfig } = kubeconfigCommand({
      contexts: [{ ...dev1, name: 'work' }, other, dev2],
    });
    await remove({ names: ['dev-1', 'work'] }, deps);
    expect(kubeconfig.names()).toEqual(['dev-2']);
  });

  test('rejects the name of clusters in two installations, and names their contexts', async () => {
    const { deps, kubeconfig } = kubeconfigCommand({
      contexts: [{ ...dev1, name: 'a' }, anOwnContext({ name: 'b', owner: prod })],
    });
    await expect(remove({ names: ['dev-1'] }, deps)).rejects.toMatchObject({
      kind: 'usage',
      message:
        'Several installations have a cluster named dev-1: ' +
        'a (https://api.example.com:9021), b (https://prod.example.com:9021)',
      hint: 'use the name of a context: tpks kubeconfig remove a',
    });
    expect(kubeconfig.names()).toEqual(['a', 'b']);
  });

  test('removes nothing if one of the names is unknown, and suggests a similar one', async () => {
    const { deps, kubeconfig } = kubeconfigCommand({ contexts: [dev1, dev2] });
    await expect(remove({ names: ['dev-1', 'dv-2'] }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Kubeconfig context dv-2 not found (Did you mean dev-2?)',
      hint: 'list the contexts that tpks created: tpks kubeconfig list',
    });
    expect(kubeconfig.names()).toEqual(['dev-1', 'dev-2']);
  });

  test('only shows the contexts with --dry-run', async () => {
    const { deps, terminal, kubeconfig } = kubeconfigCommand({ contexts: [dev1] });
    await remove({ names: ['dev-1'], dryRun: true }, deps);
    expect(kubeconfig.names()).toEqual(['dev-1']);
    expect(terminal.notes).toEqual(['Dry run: nothing was removed']);
    expect(terminal.lines).toEqual(['Would remove context dev-1 from /home/cody/.kube/config']);
    expect(terminal.json).toMatchObject([{ removed: false, contexts: [{ name: 'dev-1' }] }]);
  });

  test.each([
    [{ names: [] }, 'Missing context name'],
    [{ names: ['dev-1'], stale: true }, '--stale and context names cannot be used together'],
  ])('requires either names or --stale: %j', async (input, message) => {
    const { deps } = kubeconfigCommand({ contexts: [dev1] });
    await expect(remove(input, deps)).rejects.toMatchObject({ kind: 'usage', message });
  });

  test('names the command that sets another current context', async () => {
    const { deps, terminal } = kubeconfigCommand({ contexts: [{ ...dev1, isCurrent: true }] });
    await remove({ names: ['dev-1'] }, deps);
    expect(terminal.notes).toEqual([
      'dev-1 was the current context. To set another one: kubectl config use-context NAME',
    ]);
  });

  test('reads and changes the file of --kubeconfig', async () => {
    const { deps, kubeconfig, readPaths } = kubeconfigCommand({
      contexts: [dev1],
      defaultContexts: [],
    });
    await remove({ names: ['dev-1'], kubeconfig: 'ci.yaml' }, deps);
    expect(kubeconfig.names()).toEqual([]);
    expect(readPaths).toEqual(['ci.yaml', 'ci.yaml']);
  });
});

describe('tpks kubeconfig remove --stale', () => {
  test('keeps a context that get-kubeconfig created, even if the API does not list its cluster', async () => {
    const { deps, terminal, kubeconfig } = kubeconfigCommand({
      contexts: [{ ...dev1, owner: anOwner({ command: 'get-kubeconfig' }) }],
      settings: withTpksContext,
      clusters: { [session]: [] },
    });
    await remove({ names: [], stale: true }, deps);
    expect(kubeconfig.names()).toEqual(['dev-1']);
    expect(terminal.warnings).toEqual([]);
  });

  test('keeps the contexts of an installation that cannot be reached', async () => {
    const { deps, terminal, kubeconfig } = kubeconfigCommand({
      contexts: [dev1, anOwnContext({ name: 'prod', owner: prod })],
      settings: {
        contexts: { [session]: codySettings, p: { ...codySettings, api: prod.api } },
      },
      clusters: { [session]: [], p: new TpksError('unavailable', 'Cannot reach prod') },
    });
    await remove({ names: [], stale: true }, deps);
    expect(kubeconfig.names()).toEqual(['prod']);
    expect(terminal.warnings).toEqual([
      'cannot list the clusters of cody at https://prod.example.com:9021: Cannot reach prod',
    ]);
  });

  test.each([
    [[], 'No changes: the kubeconfig has no contexts that tpks created'],
    [[dev1], 'No changes: no contexts of deleted clusters were found'],
  ])('changes nothing if no cluster was deleted', async (contexts, line) => {
    const { deps, terminal } = kubeconfigCommand({
      contexts,
      settings: withTpksContext,
      clusters: { [session]: ['dev-1'] },
      errors: { write: new Error('unexpected change') },
    });
    await remove({ names: [], stale: true }, deps);
    expect(terminal.lines).toEqual([line]);
    expect(terminal.json).toEqual([{ contexts: [], removed: false }]);
  });
});

describe('the Kubernetes session', () => {
  const kubernetesSessions = { [session]: aKubernetesSession() };

  test.each([
    [
      'without a tpks context is named with the command that deletes it',
      [dev1],
      {},
      [
        `No context in this kubeconfig uses the Kubernetes session of ${session} (clusters: dev-1)`,
        `To delete it: tpks logout --context ${session}`,
      ],
    ],
    ['of a tpks context is not named', [dev1], withTpksContext, []],
    ['is not named if another context uses it', [dev1, { ...dev1, name: 'other' }], {}, []],
  ])('%s', async (_name, contexts, others, notes) => {
    const { deps, terminal, settings } = kubeconfigCommand({
      contexts,
      settings: { ...others, kubernetesSessions },
    });
    await remove({ names: ['dev-1'] }, deps);
    expect(settings.current().kubernetesSessions).toEqual(kubernetesSessions);
    expect(terminal.notes).toEqual(notes);
  });
});
