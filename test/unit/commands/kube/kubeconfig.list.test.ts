import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Services } from '../../../../src/app/services.js';
import { TpksError } from '../../../../src/base/errors.js';
import { list as listCommand } from '../../../../src/commands/kube/kubeconfig.js';
import {
  aKubernetesSession,
  anOwnContext,
  anOwner,
} from '../../../support/fakes/kubeconfig-fakes.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import {
  kubeconfigCommand,
  type KubeconfigCommandOptions,
} from '../../../support/program/kubeconfig-command.js';

const session = 'cody@api.example.com';
const dev1 = anOwnContext({ isCurrent: true });
const dev2 = anOwnContext({ name: 'dev-2', owner: anOwner({ cluster: 'dev-2' }) });
const prod = anOwnContext({
  name: 'prod',
  owner: anOwner({ api: 'https://prod.example.com:9021', cluster: 'p1', identity: 'alana' }),
  sessionName: undefined,
  userName: 'alana',
});

async function list(options: KubeconfigCommandOptions, words: readonly string[] = []) {
  const run = kubeconfigCommand(options);
  const command = new Command().exitOverride();
  listCommand.define(command, run.deps as unknown as Services);
  await command.parseAsync(words, { from: 'user' });
  return run;
}

test('shows the session and whether the cluster exists, with one request per user', async () => {
  const { terminal, requests } = await list({
    contexts: [dev1, dev2, prod],
    settings: {
      contexts: { [session]: codySettings, p: { ...codySettings, ...prod.owner } },
    },
    clusters: { [session]: ['dev-1'], p: ['p1'] },
    states: { [session]: 'expired' },
  });
  expect(terminal.lines).toEqual([
    '   Name   Cluster  Installation                   User   Session            Cluster exists',
    '*  dev-1  dev-1    https://api.example.com:9021   cody   expired            yes',
    '   dev-2  dev-2    https://api.example.com:9021   cody   expired            no',
    '   prod   p1       https://prod.example.com:9021  alana  in the kubeconfig  yes',
  ]);
  expect([...requests].sort()).toEqual([session, 'p']);
  expect(terminal.warnings).toEqual([]);
});

test('prints all values as JSON', async () => {
  const { terminal } = await list(
    {
      contexts: [dev1],
      settings: { contexts: { [session]: codySettings } },
      clusters: { [session]: [] },
    },
    ['-o', 'json'],
  );
  expect(terminal.json[0]).toEqual([
    {
      name: 'dev-1',
      current: true,
      api: 'https://api.example.com:9021',
      cluster: 'dev-1',
      identity: 'cody',
      session,
      sessionState: 'valid',
      clusterExists: false,
      server: 'https://dev-1.example.com:8443',
      userEntry: session,
      path: '/home/cody/.kube/config',
    },
  ]);
});

test('does not fail because of an installation that is unreachable or has no context', async () => {
  const { terminal } = await list({
    contexts: [dev1, prod],
    settings: { contexts: { [session]: codySettings } },
    clusters: {
      [session]: new TpksError('unavailable', 'Cannot reach api', { hint: 'tpks doctor' }),
    },
  });
  expect(
    terminal.lines.map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .at(-1),
    ),
  ).toEqual(['Cluster exists', 'unknown', 'unknown']);
  expect(terminal.warnings).toEqual([
    'cannot list the clusters of cody at https://api.example.com:9021: Cannot reach api; to fix it: tpks doctor',
    'cannot list the clusters of alana at https://prod.example.com:9021: this user is not logged in; ' +
      'to fix it: tpks login -a https://prod.example.com:9021 -u alana',
  ]);
});

test('names sessions that no context uses, and the command that deletes them', async () => {
  const { terminal, requests } = await list({
    settings: {
      contexts: { [session]: codySettings },
      kubernetesSessions: {
        'dana@api.example.com': aKubernetesSession({ identity: 'dana', clusters: ['c1', 'c2'] }),
        [session]: aKubernetesSession({ clusters: [] }),
      },
    },
  });
  expect(terminal.notes).toEqual([
    'No context in this kubeconfig uses the Kubernetes session of dana@api.example.com (clusters: c1, c2)',
    'To delete it: tpks logout --context dana@api.example.com',
  ]);
  expect(terminal.lines).toEqual([
    'No kubeconfig contexts yet. Create one: tpks get-credentials CLUSTER',
  ]);
  expect(requests).toEqual([]);
});
