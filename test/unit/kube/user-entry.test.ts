import { describe, expect, test } from '@jest/globals';
import {
  createExecUser,
  createOidcUser,
  createTokenUser,
  formatNameAtHost,
  isSameIssuer,
  readEntryOrigin,
} from '../../../src/kube/user-entry.js';
import { Secret } from '../../../src/secret.js';
import { jwt } from '../../support/fixtures/jwt.js';

const issuer = 'https://api.example.com:8443/oauth/token';

test.each([
  ['https://api.example.com:9021', 'cody@api.example.com'],
  ['https://api.example.com:9443', 'cody@api.example.com:9443'],
  ['https://[fd00::1]:9021', 'cody@[fd00::1]'],
])('a user at %s is named %s', (api, name) => {
  expect(formatNameAtHost('cody', api)).toBe(name);
});

describe('createExecUser', () => {
  const sessionName = 'cody@api.example.com';

  test('starts the plugin with the name of the session', () => {
    expect(createExecUser('tpks', sessionName, undefined)).toEqual({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        command: 'tpks',
        args: ['kube-credential', '--context', 'cody@api.example.com'],
        env: null,
        interactiveMode: 'IfAvailable',
        provideClusterInfo: false,
        installHint: expect.stringContaining('tpks'),
      },
    });
  });

  test('passes TPKS_HOME on', () => {
    expect(createExecUser('tpks', sessionName, '/home/cody/t')).toMatchObject({
      exec: { env: [{ name: 'TPKS_HOME', value: '/home/cody/t' }] },
    });
  });
});

describe('createOidcUser', () => {
  const tokens = { idToken: new Secret('id-1'), refreshToken: new Secret('refresh-1'), issuer };

  test('has the fields of the original CLI and the CA of the UAA', () => {
    expect(createOidcUser({ ...tokens, caCert: 'PEM' })).toEqual({
      'auth-provider': {
        name: 'oidc',
        config: {
          'client-id': 'pks_cluster_client',
          'client-secret': '',
          cluster_client_secret: '',
          'id-token': 'id-1',
          'idp-certificate-authority-data': 'UEVN',
          'idp-issuer-url': issuer,
          'refresh-token': 'refresh-1',
        },
      },
    });
  });

  test('leaves out a CA that is in the system store', () => {
    const user = createOidcUser({ ...tokens, caCert: undefined });
    expect(JSON.stringify(user)).not.toContain('certificate-authority');
  });
});

describe('readEntryOrigin', () => {
  test.each([
    [
      'auth-provider',
      createOidcUser({
        idToken: new Secret('id-1'),
        refreshToken: undefined,
        issuer,
        caCert: undefined,
      }),
      { issuer },
    ],
    ['ID token', createTokenUser(new Secret(jwt({ iss: issuer }))), { issuer }],
    ['plugin', createExecUser('/opt/tpks', 'ci', undefined), { sessionName: 'ci' }],
    ['other plugin', { exec: { command: 'aws', args: ['eks'] } }, {}],
    ['client certificate', { 'client-certificate': 'x' }, {}],
  ])('reads the origin of an entry with %s', (_name, user, origin) => {
    expect(readEntryOrigin(user)).toEqual(origin);
  });
});

test.each([
  [issuer, `${issuer}/`, true],
  [issuer, 'https://API.example.com:8443/oauth/token', true],
  ['https://a.example.com:443/x', 'https://a.example.com/x', true],
  [issuer, 'https://api.example.com/oauth/token', false],
  [issuer, undefined, false],
  [undefined, undefined, false],
])('compares the issuers %s and %s', (one, other, isSame) => {
  expect(isSameIssuer(one, other)).toBe(isSame);
});
