import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { deleteCluster } from '../../../../src/commands/clusters/delete-cluster.js';
import { deleteContext, rename } from '../../../../src/commands/session/context.js';
import { logout } from '../../../../src/commands/session/logout.js';
import {
  aKubernetesSession,
  anOwnContext,
  anOwner,
} from '../../../support/fakes/kubeconfig-fakes.js';
import { aUserContext, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting } from '../../../support/fixtures/selections.js';
import { clusterCommand } from '../../../support/program/cluster-command.js';
import {
  kubeconfigCommand,
  type KubeconfigCommandOptions,
} from '../../../support/program/kubeconfig-command.js';

const name = 'cody@api.example.com';
const dev1 = anOwnContext();
const selfContained = anOwnContext({ name: 'ci-1', sessionName: undefined });
const others = anOwnContext({
  name: 'dana-1',
  owner: anOwner({ identity: 'dana' }),
  sessionName: 'dana@api.example.com',
});
const path = '/home/cody/.kube/config';
const selected = selecting({ pks: name }, { contexts: { [name]: codySettings } });

/** Creates the dependencies of a command whose context has a Kubernetes session. */
const withSession = (options: KubeconfigCommandOptions = {}) =>
  kubeconfigCommand({
    contexts: [dev1, selfContained, others],
    current: aUserContext(),
    settings: { ...selected, kubernetesSessions: { [name]: aKubernetesSession() } },
    ...options,
  });

const locked = {
  errors: { write: new TpksError('storage', `${path} is locked`, { hint: `rm ${path}.lock` }) },
};
const lockedError = {
  kind: 'storage',
  message: `Everything else succeeded, but --prune-kubeconfig failed: ${path} is locked`,
  hint: `rm ${path}.lock`,
};

describe('tpks logout', () => {
  test('names the contexts that stop working, and the command that removes them', async () => {
    const { deps, terminal, kubeconfig } = withSession();
    await logout({}, deps);
    expect(terminal.lines).toEqual([
      `Logged out of ${name}`,
      `Deleted the Kubernetes session of ${name}`,
    ]);
    expect(terminal.notes).toEqual([
      'These kubeconfig contexts stop working: dev-1',
      'To remove them: tpks kubeconfig remove dev-1',
    ]);
    expect(terminal.json).toEqual([
      [
        {
          name,
          removed: true,
          revoked: [],
          problems: [],
          deletedKubernetesSession: true,
          kubeconfigContexts: [{ name: 'dev-1', path, pruned: false }],
        },
      ],
    ]);
    expect(kubeconfig.names()).toEqual(['dev-1', 'ci-1', 'dana-1']);
  });

  test('removes the contexts of an earlier logout with --prune-kubeconfig', async () => {
    const { deps, kubeconfig } = withSession({
      settings: selected,
    });
    await logout({ pruneKubeconfig: true }, deps);
    expect(kubeconfig.names()).toEqual(['ci-1', 'dana-1']);
  });

  test('fails after its own output if --prune-kubeconfig cannot remove the contexts', async () => {
    const { deps, terminal } = withSession(locked);
    await expect(logout({ pruneKubeconfig: true }, deps)).rejects.toMatchObject(lockedError);
    expect(terminal.lines).toContain(`Logged out of ${name}`);
    expect(terminal.notes).toContain('To remove them: tpks kubeconfig remove dev-1');
    expect(terminal.warnings).toEqual([]);
  });

  test('accepts the name of a session without a context', async () => {
    const dana = 'dana@api.example.com';
    const { deps, terminal, settings } = withSession({
      contextOption: dana,
      settings: {
        contexts: { [name]: codySettings },
        kubernetesSessions: {
          [name]: aKubernetesSession(),
          [dana]: aKubernetesSession({ identity: 'dana' }),
        },
      },
    });
    await logout({}, deps);
    expect(Object.keys(settings.current().kubernetesSessions ?? {})).toEqual([name]);
    expect(terminal.lines).toEqual([`Deleted the Kubernetes session of ${dana}`]);
    expect(terminal.notes).toContain('These kubeconfig contexts stop working: dana-1');
  });

  test('with --all deletes sessions without a context, and names them before the prompt', async () => {
    const dana = 'dana@api.example.com';
    const { deps, terminal, settings } = withSession({
      answers: { 'Are you sure you want to log out of all contexts? (y/n): ': 'y' },
      settings: { kubernetesSessions: { [dana]: aKubernetesSession({ identity: 'dana' }) } },
    });
    await logout({ all: true }, deps);
    expect(settings.current().kubernetesSessions).toEqual({});
    expect(terminal.notes).toEqual([
      'Installation https://api.example.com:9021, user dana',
      'These kubeconfig contexts stop working: dana-1',
      'To remove them: tpks kubeconfig remove dana-1',
    ]);
  });
});

describe('tpks context delete', () => {
  test('names the contexts that stop working after its own output', async () => {
    const { deps, terminal, settings } = withSession();
    await deleteContext({ name }, deps);
    expect(settings.current().kubernetesSessions).toEqual({});
    expect(terminal.notes.at(-1)).toBe('To remove them: tpks kubeconfig remove dev-1');
    expect(terminal.json).toEqual([
      { deleted: name, kubeconfigContexts: [{ name: 'dev-1', path, pruned: false }] },
    ]);
  });

  test('removes them with --prune-kubeconfig', async () => {
    const { deps, kubeconfig } = withSession();
    await deleteContext({ name, pruneKubeconfig: true }, deps);
    expect(kubeconfig.names()).toEqual(['ci-1', 'dana-1']);
  });
});

describe('tpks context rename', () => {
  test('names the command that updates the contexts', async () => {
    const { deps, terminal } = withSession();
    await rename({ name, newName: 'work' }, deps);
    expect(terminal.notes).toEqual([
      'These kubeconfig contexts stop working: dev-1',
      'To update them: tpks get-credentials dev-1 --context work --no-switch',
    ]);
    expect(terminal.json).toEqual([
      { old: name, new: 'work', kubeconfigContexts: [{ name: 'dev-1', path, pruned: false }] },
    ]);
  });

  test('updates the contexts with --prune-kubeconfig', async () => {
    const { deps, terminal, kubeconfig } = withSession();
    await rename({ name, newName: 'work', pruneKubeconfig: true }, deps);
    expect((await kubeconfig.listOwn()).map(({ sessionName }) => sessionName)).toEqual([
      'work',
      undefined,
      'dana@api.example.com',
    ]);
    expect(terminal.notes).toEqual(['Updated in the kubeconfig: dev-1']);
  });

  test('keeps the name of the context in the command', async () => {
    const { deps, terminal } = withSession({ contexts: [{ ...dev1, name: 'my dev' }] });
    await rename({ name, newName: 'work' }, deps);
    expect(terminal.notes.at(-1)).toBe(
      "To update them: tpks get-credentials dev-1 --context work --context-name 'my dev' --no-switch",
    );
  });
});

describe('tpks delete-cluster', () => {
  const elsewhere = anOwnContext({
    name: 'prod',
    owner: anOwner({ api: 'https://prod.example.com:9021' }),
  });
  const command = (kubeconfigContexts = [dev1, selfContained, others, elsewhere]) =>
    clusterCommand({
      kubeconfigContexts,
      global: { interactive: false },
      clusters: {
        remove: async () => {},
        get: () => Promise.reject(new TpksError('notFound', 'Cluster dev-1 not found')),
      },
    });

  test('names the contexts of the cluster, of all users and formats', async () => {
    const { deps, terminal, kubeconfig } = command();
    await deleteCluster({ name: 'dev-1' }, deps);
    expect(terminal.lines).toEqual(['Deletion of dev-1 in progress']);
    expect(terminal.notes).toEqual([
      'These kubeconfig contexts stop working: dev-1, ci-1, dana-1',
      'To remove them: tpks kubeconfig remove dev-1 ci-1 dana-1',
    ]);
    expect(terminal.json).toMatchObject([{ name: 'dev-1', deleted: false }]);
    expect(kubeconfig.names()).toHaveLength(4);
  });

  test.each([{}, { wait: true }])('removes them with --prune-kubeconfig: %j', async (flags) => {
    const { deps, terminal, kubeconfig } = command();
    await deleteCluster({ name: 'dev-1', pruneKubeconfig: true, ...flags }, deps);
    expect(kubeconfig.names()).toEqual(['prod']);
    expect(terminal.notes.at(-1)).toBe('Removed from the kubeconfig: dev-1, ci-1, dana-1');
    expect(terminal.json).toEqual([
      {
        name: 'dev-1',
        deleted: 'wait' in flags,
        kubeconfigContexts: ['dev-1', 'ci-1', 'dana-1'].map((each) => ({
          name: each,
          path,
          pruned: true,
        })),
      },
    ]);
  });

  test('prints nothing else if no context uses the cluster', async () => {
    const { deps, terminal } = command([elsewhere]);
    await deleteCluster({ name: 'dev-1' }, deps);
    expect(terminal.notes).toEqual([]);
    expect(terminal.json).toEqual([{ name: 'dev-1', deleted: false }]);
  });
});
