import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { createKeyFile } from '../../../../src/domain/auth/client-key.js';
import { readKeyFile } from '../../../../src/domain/auth/credentials.js';
import { createGrants } from '../../../../src/domain/auth/grants.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const uaa = 'https://api.example.com:8443';
const folder = fileFolder();

const keys = await Promise.all(
  (['ec', 'rsa'] as const).map(async (type) => {
    const path = join(folder.path, type);
    const { keyId, jwks } = createKeyFile(path, type);
    const clientKey = await readKeyFile(path, '--key-file', () => Promise.resolve(''));
    const publicKeys = JSON.parse(jwks) as JSONWebKeySet;
    return { keyId, clientKey, publicKeys, alg: type === 'ec' ? 'ES256' : 'RS256' };
  }),
);
const [firstKey] = keys;

interface Discovery {
  readonly token_endpoint?: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
}

/** Requests a token with a key. @returns the requests after the discovery request. */
async function logIn(
  clientId: string,
  discovery: FakeResponse,
  { clientKey } = firstKey ?? { clientKey: undefined },
) {
  const token = { body: { access_token: 'opaque', token_type: 'bearer', expires_in: 600 } };
  const { send, requests } = fakeSend(discovery, token);
  const clock = fixedClock();
  const grants = createGrants({ send, uaa, clientId, clientSecret: undefined, clientKey, clock });
  const result = await grants.clientCredentials().catch((error: unknown) => error);
  return { result, requests: requests.slice(1) };
}

const supported: Discovery = {
  token_endpoint: `${uaa}/oauth/token`,
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
};

test('an assertion names the client, the audience and the key, and expires after 60 s by the clock of the UAA', async () => {
  const property = fc.asyncProperty(
    fc.string({ minLength: 1, unit: 'grapheme' }).filter((id) => id.isWellFormed()),
    fc.webUrl(),
    fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }),
    fc.constantFrom(...keys),
    async (clientId, audience, seconds, key) => {
      const date = new Date(seconds * 1000);
      const { requests } = await logIn(
        clientId,
        {
          body: { ...supported, token_endpoint: audience },
          headers: { date: date.toUTCString() },
        },
        key,
      );
      const [request] = requests;
      expect(request?.url).toBe(`${uaa}/oauth/token`);
      const form = new URLSearchParams(String(request?.body));
      const assertion = form.get('client_assertion') ?? '';
      expect(Object.fromEntries(form)).toEqual({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      const { payload, protectedHeader } = await jwtVerify(
        assertion,
        createLocalJWKSet(key.publicKeys),
        { currentDate: date },
      );
      expect(protectedHeader).toEqual({ alg: key.alg, kid: key.keyId });
      expect(payload).toEqual({
        iss: clientId,
        sub: clientId,
        aud: audience,
        iat: seconds,
        nbf: seconds,
        exp: seconds + 60,
        jti: expect.stringMatching(/^.{16,}$/),
      });
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

describe('nothing is sent to', () => {
  test.each<[string, FakeResponse, object]>([
    [
      'a UAA before 76.23',
      { body: { ...supported, token_endpoint_auth_methods_supported: ['client_secret_basic'] } },
      { kind: 'failed', hint: expect.stringContaining('76.23') },
    ],
    [
      'a UAA that names no methods',
      { body: { token_endpoint: `${uaa}/oauth/token` } },
      { kind: 'failed', hint: expect.stringContaining('76.23') },
    ],
    ['a server without a token endpoint', { body: {} }, { kind: 'unavailable' }],
    ['an unavailable UAA', { status: 503, body: {} }, { kind: 'unavailable', status: 503 }],
  ])('%s', async (_name, discovery, error) => {
    const { result, requests } = await logIn('ci', discovery);
    expect(result).toMatchObject(error);
    expect(requests).toEqual([]);
  });
});
