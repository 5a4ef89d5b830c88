import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/auth/claims.js';
import { createCertificates } from '../support/servers/certificates.js';
import {
  createKubectlUser,
  describeClusters,
  formatOidcUser,
  kubectlAsAdmin,
  kubectlReleases,
  requestTokens,
  withLifetimes,
  writeKubeconfig,
  type KubectlRelease,
  type KubectlUser,
  type UaaTokens,
} from './cluster.js';

/** What kubectl prints if the API server rejects the credentials. */
const unauthorized: Readonly<Record<KubectlRelease, string>> = {
  '1.20': 'error: You must be logged in to the server (Unauthorized)',
  '1.37':
    'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
};

/** The tests of tpks rely on these facts about kubectl, the API server and the UAA. */
describeClusters('a real API server', (cluster) => {
  const createUserWithToken = (token: string, server = cluster): KubectlUser => {
    const user = createKubectlUser();
    writeKubeconfig(user, server, { token });
    return user;
  };

  describe.each(kubectlReleases)('kubectl %s', (release) => {
    test('is the user of the ID token', async () => {
      const { id_token: idToken } = await requestTokens(cluster, 'cody');
      expect(await createUserWithToken(idToken).requestIdentity(release)).toMatchObject({
        username: 'oidc:cody',
        groups: expect.arrayContaining(['system:authenticated']),
      });
    });

    test('may list namespaces only with a role binding', async () => {
      const { id_token: idToken } = await requestTokens(cluster, 'dana');
      const user = createUserWithToken(idToken);
      const forbidden = await user.kubectl(release, ['get', 'namespaces']);
      expect(forbidden).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          'Error from server (Forbidden): namespaces is forbidden: User "oidc:dana" cannot list resource "namespaces"',
        ),
      });
      const binding = `test-${release}`;
      const roleOptions = ['--clusterrole=cluster-admin', '--user=oidc:dana'];
      await kubectlAsAdmin(cluster, ['create', 'clusterrolebinding', binding, ...roleOptions]);
      try {
        const allowed = await user.kubectl(release, ['get', 'namespaces', '-o', 'name']);
        expect(allowed).toMatchObject({ code: 0, stderr: '' });
        expect(allowed.stdout).toContain('namespace/kube-system\n');
      } finally {
        await kubectlAsAdmin(cluster, ['delete', 'clusterrolebinding', binding]);
      }
    });

    test('is rejected with a token of another UAA client', async () => {
      const { id_token: idToken } = await requestTokens(cluster, 'alana', 'pks_cli');
      const result = await createUserWithToken(idToken).kubectl(release, ['get', 'namespaces']);
      expect(result).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(unauthorized[release]),
      });
    });

    test('is rejected with an expired token', async () => {
      const { id_token: idToken } = await withLifetimes(cluster, { token: 2 }, () =>
        requestTokens(cluster, 'alana'),
      );
      await sleep(3000);
      const result = await createUserWithToken(idToken).kubectl(release, ['get', 'namespaces']);
      expect(result).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(unauthorized[release]),
      });
    });

    test('does not send the token to a server with another CA', async () => {
      const { id_token: idToken } = await requestTokens(cluster, 'alana');
      const { untrustedCa } = await createCertificates();
      const user = createUserWithToken(idToken, { ...cluster, ca: untrustedCa.cert });
      const result = await user.kubectl(release, ['get', 'namespaces']);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('x509: certificate signed by unknown authority');
    });

    test('accepts the token of a service account, as clusters without OIDC do', async () => {
      const account = `robot-${release}`;
      await kubectlAsAdmin(cluster, ['create', 'serviceaccount', account]);
      const token = await kubectlAsAdmin(cluster, ['create', 'token', account]);
      expect(await createUserWithToken(token.trim()).requestIdentity(release)).toMatchObject({
        username: `system:serviceaccount:default:${account}`,
      });
    });
  });

  describe('the oidc provider of kubectl', () => {
    const createOidcUser = async (
      tokens: Partial<UaaTokens>,
      ca: string | undefined,
    ): Promise<KubectlUser> => {
      const user = createKubectlUser();
      writeKubeconfig(user, cluster, formatOidcUser(cluster, tokens, ca));
      return user;
    };
    const readCa = () => readFileSync(cluster.caCert, 'utf8');

    test('1.37 renews the ID token with the refresh token, and stores it', async () => {
      const { refresh_token } = await requestTokens(cluster, 'cody');
      const user = await createOidcUser({ refresh_token }, readCa());
      expect(await user.requestIdentity('1.37')).toMatchObject({ username: 'oidc:cody' });
      const [, idToken = ''] = /"?id-token"?: "?([\w.-]+)/.exec(user.readKubeconfig()) ?? [];
      expect(readClaims(idToken)).toMatchObject({
        user_name: 'cody',
        aud: ['pks_cluster_client'],
      });
    });

    // It cannot store a renewed token: Debian built it with Go 1.19, with which it crashes (in reflect2)
    // when it writes a kubeconfig that contains an auth-provider.
    test('1.20 sends an ID token that has not expired', async () => {
      const user = await createOidcUser(await requestTokens(cluster, 'cody'), readCa());
      expect(await user.requestIdentity('1.20')).toMatchObject({ username: 'oidc:cody' });
    });

    test.each(kubectlReleases)(
      '%s cannot renew a token without the CA of the UAA',
      async (release) => {
        const { refresh_token } = await requestTokens(cluster, 'cody');
        const user = await createOidcUser({ refresh_token }, undefined);
        const result = await user.kubectl(release, ['get', 'namespaces']);
        expect(result.code).toBe(1);
        expect(result.stderr).toContain('x509: certificate signed by unknown authority');
      },
    );
  });
});
