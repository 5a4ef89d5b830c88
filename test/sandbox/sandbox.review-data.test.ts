import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { rawRequest } from '../support/servers/raw-request.js';
import { runSandbox, temporaryFolder, type RunningSandbox } from './running-sandbox.js';

const rbac = 'apis/rbac.authorization.k8s.io/v1';

async function createReader({ sendToUaa, fetchAdminToken }: RunningSandbox) {
  const bearer = await fetchAdminToken();
  return async (path: string) => JSON.parse((await sendToUaa(path, { bearer })).text) as unknown;
}

const names = (list: unknown, key: string) =>
  (list as { resources: readonly Record<string, unknown>[] }).resources.map((each) => each[key]);

test('a sandbox with review data has users, groups and clients with findings', async () => {
  const sandbox = await runSandbox({ hasReviewData: true });
  expect(sandbox.users.map(({ name }) => name)).toEqual(['alana', 'cody', 'naomi', 'dana']);
  expect(sandbox.clients).toHaveLength(4);
  const read = await createReader(sandbox);
  expect(await read('/Users?filter=userName+eq+"sam.keller"')).toMatchObject({
    resources: [
      {
        ...{ origin: 'uaa', active: true, lastLogonTime: expect.any(Number) },
        groups: expect.arrayContaining([
          expect.objectContaining({ display: 'uaa.admin', type: 'INDIRECT' }),
        ]),
      },
    ],
  });
  expect(names(await read('/Users?filter=email+eq+"priya.nair@example.com"'), 'origin')).toEqual([
    'uaa',
    'ldap',
  ]);
  expect(await read('/Groups/External')).toMatchObject({
    resources: [
      { displayName: 'team.blue', origin: 'ldap' },
      { displayName: 'pks.clusters.admin', origin: 'okta' },
    ],
  });
  const green = (await read('/Groups?filter=displayName+eq+"team.green"')) as {
    resources: [{ id: string; members: { value: string }[] }];
  };
  const [{ id, members }] = green.resources;
  expect(members).toHaveLength(2);
  expect(await read(`/Groups/${id}/members?returnEntities=true`)).toMatchObject({
    error: 'scim_resource_not_found',
  });
  expect(await read('/identity-providers?rawConfig=true')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ originKey: 'ldap', active: true }),
      expect.objectContaining({ originKey: 'partner-login', active: false }),
      expect.objectContaining({
        originKey: 'company-sso',
        config: expect.objectContaining({ groupMappingMode: 'AS_SCOPES' }),
      }),
    ]),
  );
  const form = { grant_type: 'client_credentials', client_id: 'nightly-report', client_secret: '' };
  expect((await sandbox.sendToUaa('/oauth/token', { form })).status).toBe(200);
  expect([
    (await sandbox.login('tom.becker')).status,
    (await sandbox.login('erik.lund')).status,
  ]).toEqual([200, 401]);
});

test('the cluster dev-1 has role bindings, including one for a user that does not exist in the UAA', async () => {
  const sandbox = await runSandbox({ hasReviewData: true });
  const bearer = await sandbox.fetchToken('alana');
  const { json } = await sandbox.send('/v1/clusters/dev-1/binds', {
    method: 'POST',
    bearer,
    json: {},
  });
  const { clusters } = json() as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  };
  const [{ cluster }] = clusters;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  const form = {
    ...{ grant_type: 'password', client_id: 'pks_cluster_client', client_secret: '' },
    ...{ username: 'alana', password: 'alana-password', response_type: 'id_token' },
  };
  const token = (await sandbox.sendToUaa('/oauth/token', { form })).json()['id_token'];
  const listSubjects = async (type: string) => {
    const url = `${cluster.server}/${rbac}/${type}?limit=500`;
    const { items } = (await rawRequest({ url, ca, bearer: String(token) })).json() as {
      items: { subjects: { name: string }[] }[];
    };
    return items.flatMap(({ subjects }) => subjects.map(({ name }) => name));
  };
  expect(await listSubjects('clusterrolebindings')).toEqual(['oidc:alana']);
  expect(await listSubjects('rolebindings')).toEqual(['oidc:ghost', 'oidc:platform-team']);
});

test('starting again with the same folder adds nothing', async () => {
  const dir = join(temporaryFolder(), 'sandbox');
  const start = { apiPort: 0, uaaPort: 0, dir };
  await (await startSandbox(start)).close();
  const sandbox = await runSandbox({ ...start, hasReviewData: true });
  const read = await createReader(sandbox);
  expect(names(await read('/Users'), 'userName').sort()).toEqual([
    'alana',
    'cody',
    'dana',
    'naomi',
  ]);
});

test('deleted review data is not created again', async () => {
  const options = {
    hasReviewData: true,
    apiPort: 0,
    uaaPort: 0,
    dir: join(temporaryFolder(), 'sandbox'),
  };
  const first = await startSandbox(options);
  const form = {
    grant_type: 'client_credentials',
    client_id: 'admin',
    client_secret: 'adminsecret',
  };
  const ca = first.caPem;
  const token = (await rawRequest({ url: `${first.uaa}/oauth/token`, ca, form })).json();
  const url = `${first.uaa}/oauth/clients/ci-jobs`;
  const bearer = String(token['access_token']);
  expect((await rawRequest({ url, ca, bearer, method: 'DELETE' })).status).toBe(200);
  await first.close();
  const read = await createReader(await runSandbox(options));
  const ids = names(await read('/oauth/clients'), 'client_id');
  expect([ids.includes('team-wiki'), ids.includes('ci-jobs')]).toEqual([true, false]);
});
