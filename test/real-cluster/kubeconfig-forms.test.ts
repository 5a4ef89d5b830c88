import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readClaims } from '../../src/domain/auth/claims.js';
import type { User } from '../support/fixtures/users.js';
import { isNightly } from '../support/runner/nightly.js';
import {
  createKubectlUser,
  describeClusters,
  kubectlAsAdmin,
  kubectlReleases,
  withLifetimes,
  writeKubeconfig,
  type KubectlUser,
} from './cluster.js';
import { createClusterUser, getCredentials, logIn, runTpks, targetOptions } from './tpks-user.js';

const getNamespaces = ['get', 'namespaces', '-o', 'name'];
/** An environment without tpks, as in a container that has only kubectl. */
const withoutTpks = {
  env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', TPKS_HOME: '/nonexistent' },
};

describeClusters('kubeconfigs that work without tpks', (cluster) => {
  /** Creates a user with an expired token in the kubeconfig. */
  const createOidcUser = async (): Promise<KubectlUser> => {
    const user = await createClusterUser(cluster, 'cody', ['--kubeconfig-format', 'oidc']);
    changeOidcConfig(user, (config) => ({
      ...config,
      'id-token': withClaims(config['id-token'] ?? '', { exp: 1 }),
    }));
    return user;
  };

  test('kubectl 1.37 renews the token of the oidc form itself', async () => {
    const user = await createOidcUser();
    expect(await user.requestIdentity('1.37', withoutTpks)).toMatchObject({
      username: 'oidc:cody',
    });
    const { 'id-token': idToken = '' } = readOidcConfig(user.readKubeconfig());
    expect(readClaims(idToken)).toMatchObject({ user_name: 'cody', aud: ['pks_cluster_client'] });
    // kubectl has written the file. tpks must still be able to read it.
    const env = { KUBECONFIG: user.kubeconfig };
    expect(await user.tpks.tpks(['kubeconfig', 'list', '-o', 'name'], { env })).toMatchObject({
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

    // kubectl 1.20 could not store a renewed token: Debian built it with Go 1.19, with which it crashes (in
    // reflect2) when it writes a kubeconfig that contains an auth-provider.
    test('cannot renew the token of the oidc form without the CA of the UAA', async () => {
      const user = await createOidcUser();
      changeOidcConfig(user, (config) => ({ ...config, 'idp-certificate-authority-data': '' }));
      const result = await user.kubectl(release, getNamespaces, withoutTpks);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('x509: certificate signed by unknown authority');
    });

    if (isNightly) {
      test('is rejected with an expired token', async () => {
        const user = await withLifetimes(cluster, { token: 2 }, () =>
          createClusterUser(cluster, 'cody', ['--kubeconfig-format', 'token']),
        );
        await sleep(3000);
        const result = await user.kubectl(release, getNamespaces, withoutTpks);
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('error: You must be logged in to the server');
      });
    }

    test('accepts the token of a service account, as clusters without OIDC do', async () => {
      const account = `robot-${release}`;
      await kubectlAsAdmin(cluster, ['create', 'serviceaccount', account]);
      const token = await kubectlAsAdmin(cluster, ['create', 'token', account]);
      const user = createKubectlUser();
      writeKubeconfig(user, cluster, { token: token.trim() });
      expect(await user.requestIdentity(release)).toMatchObject({
        username: `system:serviceaccount:default:${account}`,
      });
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

/** Changes claims of a token, but not its signature, which kubectl does not check. */
function withClaims(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  const payload = JSON.stringify({ ...readClaims(token), ...claims });
  return [header, Buffer.from(payload).toString('base64url'), signature].join('.');
}

interface OidcUsers {
  readonly users: readonly [
    { readonly user: { readonly 'auth-provider': { config: Readonly<Record<string, string>> } } },
  ];
}

function readOidcConfig(kubeconfig: string): Readonly<Record<string, string>> {
  return (parse(kubeconfig) as OidcUsers).users[0].user['auth-provider'].config;
}

/** Changes the settings of the `auth-provider` in a kubeconfig, as a user with an editor would. */
function changeOidcConfig(
  { kubeconfig, readKubeconfig }: KubectlUser,
  change: (config: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): void {
  const content = parse(readKubeconfig()) as OidcUsers;
  const provider = content.users[0].user['auth-provider'];
  provider.config = change(provider.config);
  writeFileSync(kubeconfig, JSON.stringify(content));
}
