import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/domain/auth/claims.js';
import { isNightly } from '../support/runner/nightly.js';
import { createCertificates } from '../support/servers/certificates.js';
import {
  describeClusters,
  kubectlAsAdmin,
  kubectlReleases,
  type Cluster,
  type KubectlUser,
} from './cluster.js';
import {
  createClusterUser,
  createPluginNetwork,
  createUserWithExpiredToken,
  getCredentials,
  logIn,
  runTpks,
} from './tpks-user.js';

const getNamespaces = ['get', 'namespaces', '-o', 'name'];

describeClusters('kubectl with the plugin of tpks', (cluster) => {
  const uaaHost = new URL(cluster.uaa).host;

  describe.each(kubectlReleases)('kubectl %s', (release) => {
    test('is the user of tpks, and the plugin sends no requests while the token is valid', async () => {
      const user = await createClusterUser(cluster, 'cody');
      const before = user.readKubeconfig();
      const network = createPluginNetwork(user);
      expect(await user.requestIdentity(release, network)).toMatchObject({
        username: 'oidc:cody',
        groups: expect.arrayContaining(['system:authenticated']),
      });
      expect(network.takeConnections()).toEqual([]);
      expect(user.readKubeconfig()).toBe(before);
    });

    // Other files use the binding of cody at the same time.
    test('may use the cluster only with the role binding that get-credentials creates', async () => {
      const user = await createClusterUser(cluster, 'alana');
      const allowed = await user.kubectl(release, getNamespaces);
      expect(allowed).toMatchObject({ code: 0, stderr: '' });
      expect(allowed.stdout).toContain('namespace/kube-system\n');
      await kubectlAsAdmin(cluster, ['delete', 'clusterrolebinding', 'oidc:alana-cluster-admin']);
      const forbidden = await user.kubectl(release, getNamespaces);
      expect(forbidden.code).toBe(1);
      expect(forbidden.stderr).toContain('(Forbidden): namespaces is forbidden: User "oidc:alana"');
      // Fetching the credentials again repairs the binding, without a prompt.
      expect(await runTpks(user, ['get-credentials', 'dev-1'])).toMatchObject({ code: 0 });
      expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0 });
    });

    test('renews an expired token, and does not write the kubeconfig', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody');
      const before = user.readKubeconfig();
      const network = createPluginNetwork(user);
      expect(await user.requestIdentity(release, network)).toMatchObject({
        username: 'oidc:cody',
      });
      expect(network.takeConnections()).toEqual([uaaHost]);
      expect(user.readKubeconfig()).toBe(before);
    });

    test('uses a token that is about to expire if the UAA is unreachable', async () => {
      const user = await createClusterUser(cluster, 'cody');
      // The lifetime is 600 s, and the plugin renews a token in its last 60 s.
      const late = { clockAheadSeconds: 545 };
      const offline = createPluginNetwork(user, { ...late, isOffline: true });
      expect(await user.requestIdentity(release, offline)).toMatchObject({ username: 'oidc:cody' });
      expect(offline.takeConnections()).toContain(uaaHost);
      const online = createPluginNetwork(user, late);
      expect(await user.requestIdentity(release, online)).toMatchObject({ username: 'oidc:cody' });
      expect(online.takeConnections()).toEqual([uaaHost]);
    });

    test('fails with the reason if the token has expired and the UAA is unreachable', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody');
      const network = createPluginNetwork(user, { isOffline: true });
      const result = await user.kubectl(release, getNamespaces, network);
      expect(result.code).toBe(1);
      // kubectl runs the plugin several times, and each run prints the error.
      expect(new Set(result.stderr.match(/Error: .*/g))).toEqual(
        new Set([
          'Error: Cannot renew the token for kubectl: ' +
            `Unable to send a request to ${uaaHost}: the connection was refused`,
        ]),
      );
      expect(result.stderr).toContain('exit code 5');
    });

    test('names the command to type if the session has expired', async () => {
      const user = await createUserWithExpiredToken(cluster, 'cody', { hasSessionExpired: true });
      const result = await user.kubectl(release, getNamespaces);
      expect(result.code).toBe(1);
      expect(new Set(result.stderr.match(/Hint: .*/g))).toEqual(
        new Set(['Hint: tpks get-credentials dev-1']),
      );
      expect(result.stderr).toContain('exit code 4');
      expect(await getCredentials(user, 'cody')).toMatchObject({ code: 0 });
      expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0 });
    });

    test('rejects a cluster with another CA', async () => {
      const user = await createClusterUser(cluster, 'cody');
      // The CA of the UAA is not the CA of the cluster.
      redirect(user, cluster, { ...cluster, ca: readFileSync(cluster.caCert, 'utf8') });
      const result = await user.kubectl(release, getNamespaces);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('x509: certificate signed by unknown authority');
    });

    test('does not renew a token that the cluster rejects', async () => {
      const user = await createClusterUser(cluster, 'cody');
      const rejecting = await startRejectingServer();
      redirect(user, cluster, rejecting);
      const network = createPluginNetwork(user);
      const result = await user.kubectl(release, getNamespaces, network);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('You must be logged in to the server');
      expect(network.takeConnections()).toEqual([]);
      await rejecting.close();
      redirect(user, rejecting, cluster);
      expect(await user.kubectl(release, getNamespaces)).toMatchObject({ code: 0 });
    });

    test('is rejected with the access token of the API', async () => {
      const user = await logIn(cluster, 'cody');
      const { stdout: token } = await runTpks(user, ['token']);
      expect(await getCredentials(user, 'cody')).toMatchObject({ code: 0 });
      // A token on the command line takes precedence over the plugin's token.
      const result = await user.kubectl(release, ['--token', token.trim(), ...getNamespaces]);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('You must be logged in to the server');
    });
  });

  const parallelRuns = isNightly ? 50 : 8;
  test(`${String(parallelRuns)} kubectl processes renew an expired token once`, async () => {
    const user = await createUserWithExpiredToken(cluster, 'cody');
    const before = user.readKubeconfig();
    const network = createPluginNetwork(user);
    const runs = Array.from({ length: parallelRuns }, (_, index) =>
      user.requestIdentity(index % 2 === 0 ? '1.20' : '1.37', network),
    );
    const names = (await Promise.all(runs)).map(({ username }) => username);
    expect(names).toEqual(Array.from({ length: parallelRuns }, () => 'oidc:cody'));
    expect(network.takeConnections()).toEqual([uaaHost]);
    expect(user.readKubeconfig()).toBe(before);
  });

  test('the plugin prints an ID token for clusters, and not the access token', async () => {
    const user = await createClusterUser(cluster, 'cody');
    const { stdout, stderr } = await runTpks(user, ['kube-credential', '--context', 'work']);
    expect(stderr).toBe('');
    const { status } = JSON.parse(stdout) as { status: { token: string } };
    const claims = readClaims(status.token);
    // The audience of an access token also contains openid. An API server would accept it, too.
    expect(claims).toMatchObject({ user_name: 'cody', aud: ['pks_cluster_client'] });
  });

  test('a second cluster needs no password, and shares the user entry', async () => {
    const user = await createClusterUser(cluster, 'alana');
    const second = await runTpks(user, ['get-credentials', 'prod-1']);
    expect(second).toMatchObject({ code: 0, stdout: expect.not.stringContaining('assword') });
    expect(user.readKubeconfig().match(/kube-credential/g)).toHaveLength(1);
    await expectAccess(user, ['dev-1', 'prod-1']);
  });

  test('get-credentials --all adds all clusters of the user with one password', async () => {
    const user = await logIn(cluster, 'cody');
    const env = { PKS_USER_PASSWORD: 'cody-password' };
    expect(await runTpks(user, ['get-credentials', '--all'], { env })).toMatchObject({ code: 0 });
    expect(user.readKubeconfig().match(/kube-credential/g)).toHaveLength(1);
    await expectAccess(user, ['dev-1', 'dev-2', 'dev-3']);
  });

  test('get-credentials with a wrong password leaves the kubeconfig unchanged', async () => {
    const user = await logIn(cluster, 'cody');
    writeFileSync(user.kubeconfig, '# empty\n');
    const env = { PKS_USER_PASSWORD: 'wrong' };
    const result = await runTpks(user, ['get-credentials', 'dev-1'], { env });
    expect(result).toMatchObject({ code: 4 });
    expect(user.readKubeconfig()).toBe('# empty\n');
  });
});

/** Checks that both releases of kubectl can list namespaces in exactly these contexts. */
async function expectAccess(user: KubectlUser, contexts: readonly string[]): Promise<void> {
  for (const release of kubectlReleases) {
    const { stdout } = await user.kubectl(release, ['config', 'get-contexts', '-o', 'name']);
    expect(stdout.trim().split('\n').toSorted()).toEqual(contexts);
    for (const context of contexts) {
      const result = await user.kubectl(release, ['--context', context, ...getNamespaces]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
    }
  }
}

/** Starts a Kubernetes API that accepts no token. */
async function startRejectingServer() {
  const { ca, good } = await createCertificates();
  const status = {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
    ...{ message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
  };
  const server = createServer(good, (_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(status));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    server: `https://localhost:${String(address.port)}`,
    ca: ca.cert,
    close: async () => {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}

/** Changes the server in a kubeconfig, as a user with an editor would. */
function redirect(
  user: KubectlUser,
  from: Pick<Cluster, 'server' | 'ca'>,
  to: Pick<Cluster, 'server' | 'ca'>,
): void {
  const [oldCa, newCa] = [from, to].map(({ ca }) => Buffer.from(ca).toString('base64'));
  const changed = user
    .readKubeconfig()
    .replaceAll(from.server, to.server)
    .replaceAll(oldCa!, newCa!);
  writeFileSync(user.kubeconfig, changed);
}
