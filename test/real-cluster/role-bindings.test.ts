import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { createTestServices } from '../support/program/test-services.js';
import { describeClusters, kubectlAsAdmin, type KubectlUser } from './cluster.js';
import { createClusterUser, logIn, runTpks, targetOptions } from './tpks-user.js';

describeClusters('the role bindings of a cluster', (cluster) => {
  afterAll(async () => {
    const remove = (...words: string[]) =>
      kubectlAsAdmin(cluster, ['delete', '--ignore-not-found', ...words]);
    await remove('rolebinding/left', '-n', 'default');
    await remove('clusterrolebinding', 'left', 'auditors');
    await remove('clusterrole/binding-reader');
  });

  /** All clusters of the installation have the same Kubernetes API. */
  const readDev1 = async ({ tpks }: KubectlUser) => {
    const services = await createTestServices(tpks);
    const found = await services.roleBindings(await services.context());
    return found.find(({ name }) => name === 'dev-1');
  };

  test('include bindings for deleted users and for groups', async () => {
    const create = (...words: string[]) => kubectlAsAdmin(cluster, ['create', ...words]);
    const subjects = ['--user=oidc:removed', '--user=other', '--group=oidc:cn=left,dc=example'];
    await create('clusterrolebinding', 'left', '--clusterrole=view', ...subjects);
    await create('rolebinding', 'left', '-n', 'default', '--role=deployer', '--user=oidc:removed');
    const found = await readDev1(await createClusterUser(cluster, 'cody'));
    const left = { cluster: 'dev-1', namespace: null, name: 'left', role: 'ClusterRole view' };
    expect(found?.problem).toBeUndefined();
    expect(found?.userBindings.filter(({ name }) => name === 'left')).toEqual([
      { user: 'removed', ...left, hasOtherSubjects: true },
      {
        ...{ user: 'removed', ...left, namespace: 'default', role: 'Role deployer' },
        hasOtherSubjects: false,
      },
    ]);
    expect(found?.groupBindings).toEqual([{ group: 'cn=left,dc=example', ...left }]);
    expect(found?.userBindings).toContainEqual({
      user: 'cody',
      ...{ ...left, name: 'oidc:cody-cluster-admin', role: 'ClusterRole cluster-admin' },
      hasOtherSubjects: false,
    });
  });

  test('can be read only with a role that can list them', async () => {
    const naomi = await logIn(cluster, 'naomi');
    const words = ['get-kubeconfig', 'dev-1', ...targetOptions(cluster), '-u', 'naomi'];
    const env = { TPKS_STORE: 'file' };
    const result = await runTpks(naomi, [...words, '-p', 'naomi-password'], { env });
    expect(result).toMatchObject({ code: 0 });
    expect(await readDev1(naomi)).toEqual({
      name: 'dev-1',
      problem: 'naomi is not allowed to list clusterrolebindings and rolebindings in the cluster',
      userBindings: [],
      groupBindings: [],
    });

    const role = ['clusterrole', 'binding-reader', '--verb=list'];
    const resources = '--resource=clusterrolebindings,rolebindings';
    await kubectlAsAdmin(cluster, ['create', ...role, resources]);
    const binding = ['clusterrolebinding', 'auditors', '--clusterrole=binding-reader'];
    await kubectlAsAdmin(cluster, ['create', ...binding, '--user=oidc:naomi']);
    let found = await readDev1(naomi);
    // The API server applies a new role after a moment.
    for (let attempt = 0; found?.problem !== undefined && attempt < 50; attempt += 1) {
      await sleep(100);
      found = await readDev1(naomi);
    }
    expect(found?.userBindings).toContainEqual({
      ...{ cluster: 'dev-1', namespace: null, user: 'naomi' },
      ...{ name: 'auditors', role: 'ClusterRole binding-reader' },
      hasOtherSubjects: false,
    });
  });
});
