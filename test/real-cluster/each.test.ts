import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { findLeaks } from '../support/checks/leaks.js';
import { isRunning, waitUntil } from '../support/checks/processes.js';
import { spawnAndSignal } from '../support/program/spawn-and-signal.js';
import {
  kubectlAsAdmin,
  kubectlReleases,
  programs,
  readClusters,
  type KubectlUser,
} from './cluster.js';
import { createPluginNetwork, logIn, runTpks } from './tpks-user.js';

const installations = readClusters();
const hosts = installations.map(
  ({ api }) => new URL(`https://${api.replace(/^https:../, '')}`).host,
);
const contexts = ['first', 'second'] as const;
const getNamespaces = ['get', 'namespaces', '-o', 'name'];
/** The clusters of this name have different Kubernetes APIs, one in each installation. */
const both = ['each', '--all-contexts', '--cluster', 'dev-1'];

describe('tpks each with kubectl, for clusters of two installations', () => {
  let user: KubectlUser;
  beforeAll(async () => {
    user = await logIn(installations[0], 'cody', { context: contexts[0] });
    await logIn(installations[1], 'cody', { user, context: contexts[1] });
    for (const context of contexts) {
      const env = { TPKS_CONTEXT: context, PKS_USER_PASSWORD: 'cody-password' };
      const result = await runTpks(user, ['each', '--cluster', 'dev-1', '--', 'true'], { env });
      expect(result).toMatchObject({ code: 0 });
    }
  });

  /** The files of runs, which must be deleted. */
  const runFiles = () => readdirSync(join(user.tpks.home, 'each'));
  const inHome = (name: string) => join(user.tpks.env['HOME'] ?? '', name);

  describe.each(kubectlReleases)('kubectl %s', (release) => {
    const kubectl = programs[release];

    test('lists the namespaces of both clusters', async () => {
      const result = await runTpks(user, [...both, '--', kubectl, ...getNamespaces]);
      expect(result).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('2 clusters: 2 succeeded'),
      });
      for (const host of hosts) {
        expect(result.stdout).toMatch(
          new RegExp(`^dev-1@${host} *\\| namespace/kube-system$`, 'm'),
        );
      }
    });

    test('applies a file to each cluster', async () => {
      const object = (name: string) =>
        `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}-${release}"},"data":{"in":"INSTALLATION"}}`;
      writeFileSync(inHome('dev-1.json'), object('file'));
      writeFileSync(inHome('template.json'), object('stdin'));
      const applyFile = [...both, '--', kubectl, 'apply', '-f', '{}.json'];
      expect(await runTpks(user, applyFile)).toMatchObject({ code: 0 });
      const script = `sed "s/INSTALLATION/$TPKS_CLUSTER $TPKS_INSTALLATION/" template.json | ${kubectl} apply -f -`;
      expect(await runTpks(user, [...both, '--', 'sh', '-c', script])).toMatchObject({ code: 0 });
      for (const [index, cluster] of installations.entries()) {
        const names = [`file-${release}`, `stdin-${release}`];
        const words = ['get', 'configmap', ...names, '-o', 'jsonpath={.items[*].data.in}'];
        expect(await kubectlAsAdmin(cluster, words)).toBe(`INSTALLATION dev-1 ${hosts[index]!}`);
      }
    });

    test('prints a kubeconfig without a token, as JSON in the JSON of tpks', async () => {
      const words = [kubectl, 'config', 'view', '--raw', '-o', 'json'];
      const { code, stdout } = await runTpks(user, [...both, '-o', 'json', '--', ...words]);
      expect(code).toBe(0);
      const results = JSON.parse(stdout) as { installation: string; stdout: string }[];
      expect(results.map(({ installation }) => installation)).toEqual(hosts);
      for (const [index, context] of contexts.entries()) {
        const config = results[index]!.stdout;
        expect(JSON.parse(config)).toMatchObject({
          clusters: [{ cluster: { server: installations[index]!.server } }],
          users: [{ user: { exec: { args: expect.arrayContaining(['kube-credential']) } } }],
        });
        const sessions = [context, `kubernetes:${context}`].map(user.tpks.readSession);
        for (const { accessToken, refreshToken = '' } of await Promise.all(sessions)) {
          expect(findLeaks(config, { accessToken, refreshToken })).toEqual([]);
        }
      }
      expect(runFiles()).toEqual([]);
    });

    test('reports the error of kubectl, and the command to run again', async () => {
      const naomi = await logIn(installations[0], 'naomi');
      const words = ['each', '--cluster', 'dev-1'];
      const command = ['--', kubectl, ...getNamespaces];
      const env = { PKS_USER_PASSWORD: 'naomi-password' };
      const result = await runTpks(naomi, [...words, ...command], { env });
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('dev-1 | Error from server (Forbidden): namespaces is');
      expect(result.stderr).toContain(
        `Hint: to run it again only for failed clusters:\n      tpks ${words.join(' ')} ${command.join(' ')}\n`,
      );
    });

    test('is ended by Ctrl-C while it watches', async () => {
      const pids = inHome(`pids-${release}`);
      const watch = `exec ${kubectl} get namespaces --watch -o name > "watched-${release}-$TPKS_CONTEXT"`;
      const script = `echo $$ >> ${pids}; ${watch}`;
      const hasOutput = (context: string) => {
        const path = inHome(`watched-${release}-${context}`);
        return existsSync(path) && readFileSync(path, 'utf8').includes('namespace/');
      };
      const spawn: typeof user.tpks.spawn = (words, options) =>
        user.tpks.spawn(words, { ...options, env: user.env, limitSeconds: 120 });
      const result = await spawnAndSignal(
        { ...user.tpks, spawn },
        [...both, '--', 'sh', '-c', script],
        { signal: 'SIGINT', when: () => contexts.every(hasOutput) },
      );
      expect(result.code).toBe(130);
      const lines = readFileSync(pids, 'utf8').trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines.map(Number).filter(isRunning)).toEqual([]);
      expect(runFiles()).toEqual([]);
    });
  });

  test('renews a token that expires while the commands run once for all of them', async () => {
    const network = createPluginNetwork(user);
    const script =
      `${programs['1.20']} get namespaces && touch "ready-$TPKS_CLUSTER"; ` +
      'until [ -e expired ]; do sleep 0.1; done; ' +
      `${programs['1.20']} get namespaces && ${programs['1.37']} get namespaces`;
    const env = { ...network.env, TPKS_CONTEXT: contexts[0] };
    const running = runTpks(user, ['each', '--', 'sh', '-c', script], { env });
    await waitUntil(
      () => ['dev-1', 'dev-2', 'dev-3'].every((name) => existsSync(inHome(`ready-${name}`))),
      120,
    );
    network.takeConnections();
    await user.tpks.changeSession(`kubernetes:${contexts[0]}`, {
      expiresAt: '2020-01-01T00:00:00.000Z',
    });
    writeFileSync(inHome('expired'), '');
    const result = await running;
    expect(result).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('3 clusters: 3 succeeded'),
    });
    expect(network.takeConnections()).toEqual([new URL(installations[0].uaa).host]);
  });
});
