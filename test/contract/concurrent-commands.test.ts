import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClients, type Clients } from '../../src/api/uaa/clients.js';
import { createGroups, type Groups } from '../../src/api/uaa/groups.js';
import { createMembers } from '../../src/api/uaa/members.js';
import { createUsers, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { isNightly } from '../support/runner/nightly.js';
import { distinctServers, unique, type ContractServer } from './servers.js';

const commandCount = isNightly ? 20 : 6;

/** Separate processes that share only the server or a home directory. */
describe.each(distinctServers)('commands at the same time on %s', (_name, start) => {
  let server: ContractServer;
  let users: Users;
  let groups: Groups;
  let clients: Clients;
  const stem = unique('at-once');
  const names = Array.from({ length: commandCount }, (_, index) => `${stem}-${String(index)}`);

  beforeAll(async () => {
    server = await start();
    const send = server.signed(await server.adminToken());
    users = createUsers(send, server.uaa);
    groups = createGroups(send, server.uaa);
    clients = createClients(send, server.uaa);
  }, 60_000);
  afterAll(() => server.stop());

  const tpks = (user: TestUser, words: readonly string[], env: NodeJS.ProcessEnv) =>
    user.spawn(['uaa', ...words], {
      env: { TPKS_UAA_URL: server.uaa, TPKS_CA_CERT: server.caCert, ...env },
    });

  describe('member add', () => {
    beforeAll(async () => {
      await groups.add({ displayName: stem });
      for (const userName of names) {
        const emails = ['at-once@example.com'];
        await users.add({ userName, emails, phoneNumbers: [], origin: 'ldap' });
      }
    }, 60_000);
    afterAll(async () => {
      for (const name of names) await users.remove({ name });
      await groups.remove({ name: stem });
    }, 60_000);

    test('adds every user when different users are added to one group', async () => {
      const admin = createUser();
      const env = {
        // The API is never called, but without its address the environment defines no context.
        TPKS_API: server.uaa,
        TPKS_CLIENT_NAME: 'admin',
        TPKS_CLIENT_SECRET: 'adminsecret',
      };
      const added = await Promise.all(
        names.map((name) => tpks(admin, ['member', 'add', stem, name], env)),
      );
      const note = `UAA ${server.uaa}, client admin\n`;
      expect(added.filter(({ code, stderr }) => code !== 0 || stderr !== note)).toEqual([]);
      const { id } = await groups.identify(stem);
      const send = server.signed(await server.adminToken());
      const members = await createMembers(send, server.uaa).list(id);
      expect(members.map(({ entity }) => entity?.['userName']).sort()).toEqual([...names].sort());
    }, 120_000);
  });

  describe('token client get', () => {
    beforeAll(async () => {
      const attributes = { authorized_grant_types: ['client_credentials'] };
      for (const id of names) {
        await clients.add({ id, secret: new Secret(`secret-of-${id}`), attributes });
      }
    }, 60_000);
    afterAll(async () => {
      for (const id of names) await clients.remove(id);
    }, 60_000);

    test('stores a context and a token for each client in one home directory', async () => {
      const user = createUser();
      const results = await Promise.all(
        names.map((name) =>
          tpks(user, ['token', 'client', 'get', name, '--store', 'file'], {
            TPKS_CLIENT_SECRET: `secret-of-${name}`,
          }),
        ),
      );
      expect(results.filter(({ code }) => code !== 0)).toEqual([]);
      const { stdout } = await user.tpks(['uaa', 'contexts', '--json']);
      const contexts = JSON.parse(stdout) as { name: string; identity: string }[];
      expect(contexts.map(({ identity }) => identity).sort()).toEqual([...names].sort());
      for (const { name, identity } of contexts) {
        const { accessToken } = await user.readSession(name);
        const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
        expect(JSON.parse(payload)).toMatchObject({ client_id: identity });
      }
      expect(user.files().filter((file) => /\.(lock|tmp|break)$/.test(file))).toEqual([]);
    }, 120_000);
  });
});
