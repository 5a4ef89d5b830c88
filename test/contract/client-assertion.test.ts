import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
} from 'jose';
import { readClaims } from '../../src/domain/auth/claims.js';
import { startOidcIssuer } from '../support/servers/oidc-issuer.js';
import { mainServers, servers77, unique, type ContractServer } from './servers.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Fields = Readonly<Record<string, unknown>>;
type Form = Readonly<Record<string, string>>;

interface Key {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly alg: string;
  readonly kid: string;
}

test.each(mainServers)('%s rejects an assertion of a client without keys', async (_name, start) => {
  const server = await start();
  const { privateKey } = await generateKeyPair('ES256');
  const claims = { iss: 'admin', sub: 'admin', jti: 'j', exp: Math.floor(Date.now() / 1000) + 60 };
  const { status, ...response } = await server.raw('/oauth/token', {
    form: {
      ...{ grant_type: 'client_credentials', client_assertion_type: assertionType },
      client_assertion: await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey),
    },
  });
  expect([status, response.json()]).toEqual([
    401,
    server.release === '77'
      ? { error: 'invalid_client', error_description: expect.any(String) }
      : { error: 'unauthorized', error_description: 'Bad credentials' },
  ]);
  await server.stop();
});

/** Logins of clients with a signed JWT instead of a secret (`private_key_jwt`). */
for (const [name, start] of servers77) {
  describe(`client assertions on ${name}`, () => {
    let server: ContractServer;
    let bearer: string;
    let clientId: string;
    let key: Key;
    const clientIds: string[] = [];

    const createKey = async (alg: string, kid = unique('key')): Promise<Key> => ({
      ...(await generateKeyPair(alg, { extractable: true })),
      ...{ alg, kid },
    });
    const toJwk = async ({ publicKey, alg, kid }: Key) => ({
      ...(await exportJWK(publicKey)),
      ...{ alg, kid },
    });
    const changeKeys = (id: string, change: Fields) =>
      server.raw(`/oauth/clients/${id}/clientjwt`, {
        ...{ method: 'PUT', bearer },
        json: { client_id: id, ...change },
      });
    const addKey = async (id: string, added: Key): Promise<void> => {
      const jwks = JSON.stringify({ keys: [await toJwk(added)] });
      const { status, text } = await changeKeys(id, { changeMode: 'ADD', jwks });
      if (status !== 200) throw new Error(text);
    };
    const createClient = async (fields: Fields): Promise<string> => {
      const id = unique('keyed');
      const json = { client_id: id, authorities: ['uaa.none'], scope: ['openid'], ...fields };
      const { status, text } = await server.raw('/oauth/clients', { bearer, json });
      if (status !== 201) throw new Error(text);
      clientIds.push(id);
      return id;
    };
    /** Creates a client without any secret, in two steps. */
    const createKeyClient = async (fields: Fields = {}): Promise<string> => {
      const id = await createClient({
        ...{ authorized_grant_types: ['authorization_code'], allowpublic: true },
        ...{ redirect_uri: ['https://a.example/'], ...fields },
      });
      const json = { client_id: id, authorized_grant_types: ['client_credentials'] };
      const changed = await server.raw(`/oauth/clients/${id}`, { method: 'PUT', bearer, json });
      expect(changed.status).toBe(200);
      return id;
    };
    const sign = (claims: Fields = {}, signer = key, header: Fields = {}): Promise<string> =>
      new SignJWT({
        ...{ iss: clientId, sub: clientId, aud: `${server.uaa}/oauth/token`, jti: randomUUID() },
        exp: now() + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: signer.alg, kid: signer.kid, ...header })
        .sign(signer.privateKey);
    const now = (): number => Math.floor(Date.now() / 1000);
    const request = (assertion: string, fields: Form = {}) =>
      server.raw('/oauth/token', {
        form: {
          ...{ grant_type: 'client_credentials', client_assertion_type: assertionType },
          ...{ client_assertion: assertion, ...fields },
        },
      });
    const login = async (assertion: string, fields: Form = {}) => {
      const { status, text, ...response } = await request(assertion, fields);
      if (status !== 200) throw new Error(text);
      return response.json();
    };
    const error = (description: string) => ({
      error: 'invalid_client',
      error_description: description,
    });

    beforeAll(async () => {
      server = await start();
      bearer = await server.adminToken();
      key = await createKey('ES256');
      clientId = await createKeyClient();
      await addKey(clientId, key);
    }, 60_000);
    afterAll(async () => {
      for (const id of clientIds) {
        await server.raw(`/oauth/clients/${id}`, { method: 'DELETE', bearer });
      }
      await server.stop();
    });

    test('log in a client that has only a key', async () => {
      const { access_token: token } = await login(await sign());
      expect(readClaims(String(token))).toMatchObject({
        ...{ client_id: clientId, client_auth_method: 'private_key_jwt' },
      });
      await login(await sign({ aud: ['x', `${server.uaa}/oauth/token`] }), { client_id: clientId });
      for (const fields of [{}, { client_secret: '' }, { client_secret: 'guessed' }]) {
        const form = { grant_type: 'client_credentials', client_id: clientId, ...fields };
        const { status, ...response } = await server.raw('/oauth/token', { form });
        expect([status, response.json()]).toEqual([401, error('Missing credentials')]);
      }
    });

    test('can be used several times, and for a minute after they expire', async () => {
      const assertion = await sign({ exp: now() - 30, nbf: now() + 30 });
      await login(assertion);
      await login(assertion);
    });

    test('can be signed with RSA keys and P-384', async () => {
      for (const alg of ['RS256', 'PS256', 'ES384']) {
        const other = await createKey(alg);
        await addKey(clientId, other);
        await login(await sign({}, other));
      }
    });

    /** Each row: what is wrong, the assertion, the description of the error, and other fields. */
    test.each<[string, () => string | Promise<string>, string, Form?]>([
      ['another issuer', () => sign({ iss: 'other' }), 'Bad credentials'],
      ['a missing `jti`', () => sign({ jti: undefined }), 'Bad credentials'],
      ['a missing expiry', () => sign({ exp: undefined }), 'Bad credentials'],
      ['the client id of another client', sign, 'Wrong client_assertion', { client_id: 'admin' }],
      ['an unknown client', sign, 'Bad credentials', { client_id: 'no-such-client' }],
      ['the URL as audience', () => sign({ aud: server.uaa }), 'Unauthorized client_assertion'],
      ['an old assertion', () => sign({ exp: now() - 90 }), 'Unauthorized client_assertion'],
      ['an early assertion', () => sign({ nbf: now() + 90 }), 'Unauthorized client_assertion'],
      [
        'a wrong key',
        async () => sign({}, await createKey('ES256', key.kid)),
        'Unauthorized client_assertion',
      ],
      ['an unknown `kid`', () => sign({}, key, { kid: 'other' }), 'Untrusted client_assertion'],
      [
        'an algorithm that the key is not registered for',
        async () => sign({}, await createKey('RS256', key.kid)),
        'Untrusted client_assertion',
      ],
      [
        'alg none',
        () =>
          new UnsecuredJWT({ iss: clientId, sub: clientId, jti: 'j', exp: now() + 60 }).encode(),
        'Bad client_assertion algorithm',
      ],
      ['a text', () => 'no-jwt', 'Bad client_assertion'],
      [
        'another type',
        sign,
        'Bad client_assertion type',
        { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      ],
    ])('are rejected with %s', async (_what, createAssertion, description, fields = {}) => {
      const { status, ...response } = await request(await createAssertion(), fields);
      expect([status, response.json()]).toEqual([401, error(description)]);
    });

    test('are accepted for all grants, but not by /check_token', async () => {
      const id = await createClient({
        ...{ authorized_grant_types: ['password', 'refresh_token'], client_secret: 'secret' },
        ...{ authorities: ['uaa.resource'] },
      });
      await addKey(id, key);
      const claims = { iss: id, sub: id };
      const password = { grant_type: 'password', username: 'cody', password: 'cody-password' };
      const tokens = await login(await sign(claims), password);
      const refresh = {
        grant_type: 'refresh_token',
        refresh_token: String(tokens['refresh_token']),
      };
      await login(await sign(claims), refresh);

      const wrongSecret = await request(await sign(claims), {
        ...password,
        ...{ client_id: id, client_secret: 'wrong' },
      });
      expect(wrongSecret.json()).toEqual(error('Bad credentials'));
      const rightSecret = { ...password, client_id: id, client_secret: 'secret' };
      await login(await sign(claims), rightSecret);

      const form = { client_assertion: await sign(claims), client_assertion_type: assertionType };
      const token = String(tokens['access_token']);
      const checked = await server.raw('/check_token', { form: { ...form, token } });
      expect(checked.status).toBe(401);
    });

    test('an empty secret lets everyone log in', async () => {
      const id = await createKeyClient();
      const path = `/oauth/clients/${id}/secret`;
      const changed = await server.raw(path, { method: 'PUT', bearer, json: { secret: '' } });
      expect(changed.status).toBe(200);
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: '' };
      expect((await server.raw('/oauth/token', { form })).status).toBe(200);
    });

    test('keys are rotated by adding the new one and deleting the old one', async () => {
      const [old, replaced, added] = await Promise.all([
        createKey('ES256', 'k1'),
        createKey('ES256', 'k1'),
        createKey('RS256', 'k2'),
      ]);
      const id = await createKeyClient();
      const loginWith = async (signer: Key): Promise<number> =>
        (await request(await sign({ iss: id, sub: id }, signer))).status;
      await addKey(id, old);
      await addKey(id, replaced);
      expect([await loginWith(old), await loginWith(replaced)]).toEqual([200, 401]);
      await addKey(id, added);
      expect([await loginWith(old), await loginWith(added)]).toEqual([200, 200]);
      const jwks = JSON.stringify(await toJwk(replaced));
      expect((await changeKeys(id, { changeMode: 'UPDATE', jwks })).status).toBe(200);
      expect(await Promise.all([old, replaced, added].map(loginWith))).toEqual([401, 200, 200]);
      await changeKeys(id, { changeMode: 'DELETE', jwks });
      await changeKeys(id, { changeMode: 'DELETE', kid: 'no-such-key' });
      await changeKeys(id, { changeMode: 'DELETE', kid: 'k1' });
      expect(await Promise.all([replaced, added].map(loginWith))).toEqual([401, 200]);
    });

    test('invalid keys are rejected', async () => {
      const { privateKey, publicKey } = await createKey('ES256');
      const add = async (jwks: unknown) => {
        const { status, text, ...response } = await changeKeys(clientId, {
          changeMode: 'ADD',
          jwks,
        });
        return [status, text === '{}' ? text : response.json()['error_description']];
      };
      const unparsed = [400, 'Client jwt configuration cannot be parsed'];
      expect(await add(await exportSPKI(publicKey))).toEqual(unparsed);
      expect(await add(await exportPKCS8(privateKey))).toEqual(unparsed);
      expect(await add(await exportJWK(publicKey))).toEqual([400, '{}']);
      expect(await add(JSON.stringify(await exportJWK(publicKey)))).toEqual([
        400,
        'Invalid private_key_jwt: kid is required attribute',
      ]);
      const jwk = await toJwk(await createKey('Ed25519'));
      expect(await add(JSON.stringify(jwk))).toEqual([
        400,
        expect.stringMatching(/^Invalid private_key_jwt: jwk set is empty/),
      ]);
    });

    test('keys can be part of a new client, and no response contains them', async () => {
      const id = await createKeyClient({ jwks: JSON.stringify(await toJwk(key)) });
      await login(await sign({ iss: id, sub: id }));
      const { text } = await server.raw(`/oauth/clients/${id}`, { bearer });
      expect(text).not.toMatch(/jwks|"kid"/);
    });

    test('an assertion is rejected if the key URL does not return keys', async () => {
      const issuer = await startOidcIssuer('unused');
      const id = await createKeyClient();
      const change = { changeMode: 'ADD', jwks_uri: issuer.keysUrl };
      expect((await changeKeys(id, change)).status).toBe(200);
      const { status, ...response } = await request(await sign({ iss: id, sub: id }));
      await issuer.close();
      expect([status, response.json()]).toEqual([401, error('Bad client_assertion')]);
    });
  });
}
