import { describe, expect, test } from '@jest/globals';
import {
  formatExecCredential,
  parseCredentialRequest,
} from '../../../src/kube/cluster-credentials.js';
import { Secret } from '../../../src/secret.js';
import { catchTpksError } from '../../support/checks/thrown-error.js';

const info = (value: object) =>
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    ...value,
  });

describe('parseCredentialRequest', () => {
  test('uses v1beta1 without a prompt if no client runs the plugin', () => {
    expect(parseCredentialRequest(undefined)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      isInteractive: false,
    });
  });

  test.each(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'])(
    'responds in the requested version %s',
    (apiVersion) => {
      expect(parseCredentialRequest(info({ apiVersion }))).toMatchObject({ apiVersion });
    },
  );

  test.each([
    [{ interactive: true }, true],
    [{ interactive: false }, false],
    [{ interactive: 'true' }, false],
    [undefined, false],
  ])('for spec %j, the user can be prompted: %s', (spec, isInteractive) => {
    expect(parseCredentialRequest(info({ spec }))).toMatchObject({ isInteractive });
  });

  test.each([
    info({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }),
    info({ kind: 'Pod' }),
    '{}',
    'null',
    '[]',
    '{"apiVersion":',
  ])('rejects %s and names both supported versions', (text) => {
    const error = catchTpksError(() => parseCredentialRequest(text));
    expect(error).toMatchObject({ kind: 'usage' });
    expect(error.message).toContain('client.authentication.k8s.io/v1 and');
    expect(error.message).toContain('client.authentication.k8s.io/v1beta1');
  });
});

test('formatExecCredential prints one line, with the time in whole seconds', () => {
  const text = formatExecCredential('client.authentication.k8s.io/v1', {
    idToken: new Secret('id-1'),
    renewAt: new Date('2026-11-25T10:09:00.999Z'),
    expiresAt: new Date('2026-11-25T10:10:00Z'),
  });
  expect(text).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'id-1', expirationTimestamp: '2026-11-25T10:09:00Z' },
  });
});
