import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createIdentityProviders,
  type IdentityProviders,
  listIdentityZones,
} from '../../src/api/uaa/identity-providers.js';
import { mainServers, type ContractServer } from './servers.js';

describe.each(mainServers)('identity providers and zones on %s', (_name, start) => {
  let server: ContractServer;
  let providers: IdentityProviders;
  let limitedToken: string;

  beforeAll(async () => {
    server = await start();
    providers = createIdentityProviders(server.signed(await server.adminToken()), server.uaa);
    const request = { scope: 'scim.read' };
    limitedToken = (await server.grants('admin', 'adminsecret').clientCredentials(request))
      .accessToken;
  }, 60_000);
  afterAll(() => server.stop());

  test('lists identity providers with their parsed settings', async () => {
    const all = await providers.list();
    expect(all.map(({ originKey }) => originKey)).toEqual(expect.arrayContaining(['uaa', 'ldap']));
    const uaa = await providers.get({ origin: 'UAA' });
    expect(uaa).toMatchObject({
      originKey: 'uaa',
      type: 'uaa',
      name: 'uaa',
      active: true,
      identityZoneId: 'uaa',
      config: { lockoutPolicy: { lockoutAfterFailures: 5 } },
    });
    expect(await providers.get({ id: uaa.id })).toEqual(uaa);
  });

  test('reports an unknown identity provider as not found', async () => {
    for (const key of [{ origin: 'nosuchorigin' }, { id: 'no-such-id' }]) {
      await expect(providers.get(key)).rejects.toMatchObject({
        kind: 'notFound',
        hint: 'tpks uaa idps',
      });
    }
  });

  test('requires idps.read to list identity providers', async () => {
    const send = server.signed(limitedToken);
    const limitedProviders = createIdentityProviders(send, server.uaa);
    await expect(limitedProviders.list()).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope idps.read',
    });
  });

  test('lists the default zone, and requires zones.read', async () => {
    const zones = listIdentityZones(server.signed(await server.adminToken()), server.uaa);
    expect(await zones).toContainEqual(
      expect.objectContaining({ id: 'uaa', subdomain: '', name: 'uaa', active: true }),
    );
    await expect(listIdentityZones(server.signed(limitedToken), server.uaa)).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope zones.read',
    });
  });
});
