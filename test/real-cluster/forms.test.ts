import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { User } from '../support/fixtures/users.js';
import {
  createKubectlUser,
  describeClusters,
  kubectlAsAdmin,
  kubectlReleases,
  type KubectlUser,
} from './cluster.js';
import {
  createClusterUser,
  createUserWithExpiredToken,
  getCredentials,
  logIn,
  runTpks,
  targetOptions,
} from './tpks-user.js';

const getNamespaces = ['get', 'namespaces', '-o', 'name'];
/** An environment without tpks, as in a container that has only kubectl. */
const withoutTpks = {
  env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', TPKS_HOME: '/nonexistent' },
};

describeClusters('kubeconfigs that work without tpks', (cluster) => {
  test('kubectl 1.37 renews the token of the oidc form itself', async () => {
    const user = await createUserWithExpiredToken(cluster, 'cody', { token: 2 }, [
      ...['--kubeconfig-format', 'oidc'],
    ]);
    const idToken = () => readOidcConfig(user.readKubeconfig())['id-token'];
    const expired = idToken();
    expect(await user.requestIdentity('1.37', withoutTpks)).toMatchObject({
      username: 'oidc:cody',
    });
    expect(idToken()).not.toBe(expired);
    // kubectl has written the file. tpks must still be able to read it.
    expect(await runTpks(user, ['kubeconfig', 'list', '-o', 'name'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('dev-1'),
    });
  });

  /** Creates a user with a kubeconfig, but without a login for the API. */
  const createKubeconfigUser = async (name: User): Promise<KubectlUser> => {
    const user = createKubectlUser();
    const words = ['get-kubeconfig', 'dev-1', ...targetOptions(cluster), '-u', name];
    const env = { TPKS_STORE: 'file' };
    const result = await runTpks(user, [...words, '-p', `${name}-password`], { env });
    expect(result).toMatchObject({ code: 0 });
    return user;
  };

  describe.each(kubectlReleases)('kubectl %s', (release) => {
    test('accepts the kubeconfig of a link named pks', async () => {
      const user = await createClusterUser(cluster, 'cody', [], 'pks');
      expect(readOidcConfig(user.readKubeconfig())).toMatchObject({
        'client-id': 'pks_cluster_client',
        'idp-issuer-url': `${cluster.uaa}/oauth/token`,
      });
      expect(await user.requestIdentity(release, withoutTpks)).toMatchObject({
        username: 'oidc:cody',
      });
    });

    test('accepts the token form', async () => {
      const user = await createClusterUser(cluster, 'cody', ['--kubeconfig-format', 'token']);
      expect(await user.kubectl(release, getNamespaces, withoutTpks)).toMatchObject({ code: 0 });
    });

    test('accepts an IP address as the server', async () => {
      const user = await createClusterUser(cluster, 'cody', ['--server', '127.0.0.1']);
      expect(user.readKubeconfig()).toContain('tls-server-name: localhost');
      expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0, stderr: '' });
    });

    test('accepts the output of --print', async () => {
      const user = await logIn(cluster, 'cody');
      const printed = await getCredentials(user, 'cody', ['--print']);
      expect(printed.code).toBe(0);
      expect(() => readFileSync(user.kubeconfig)).toThrow('ENOENT');
      writeFileSync(user.kubeconfig, printed.stdout);
      expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0, stderr: '' });
    });

    test('accepts the kubeconfig of get-kubeconfig, which creates no role binding', async () => {
      const user = await createKubeconfigUser('naomi');
      expect(await user.requestIdentity(release)).toMatchObject({ username: 'oidc:naomi' });
      const forbidden = await user.kubectl(release, getNamespaces);
      expect(forbidden.code).toBe(1);
      expect(forbidden.stderr).toContain('(Forbidden): namespaces is forbidden: User "oidc:naomi"');
    });

    // The real UAA has no external identity provider, and only that assigns such groups.
    if (cluster.name === 'the sandbox') {
      test('has the groups of the user at the identity provider, to which a role can be bound', async () => {
        const user = await createKubeconfigUser('naomi');
        const { groups } = await user.requestIdentity(release);
        expect(groups.toSorted()).toEqual([
          ...['oidc:auditors', 'oidc:platform-team', 'system:authenticated'],
        ]);
        const binding = `test-groups-${release}`;
        const roleOptions = ['--clusterrole=cluster-admin', '--group=oidc:platform-team'];
        await kubectlAsAdmin(cluster, ['create', 'clusterrolebinding', binding, ...roleOptions]);
        try {
          expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0, stderr: '' });
        } finally {
          await kubectlAsAdmin(cluster, ['delete', 'clusterrolebinding', binding]);
        }
      });
    }
  });
});

interface OidcUsers {
  readonly users: readonly [
    { readonly user: { readonly 'auth-provider': { readonly config: Record<string, string> } } },
  ];
}

function readOidcConfig(kubeconfig: string): Record<string, string> {
  return (parse(kubeconfig) as OidcUsers).users[0].user['auth-provider'].config;
}
