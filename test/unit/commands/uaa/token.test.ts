import { describe, expect, test } from '@jest/globals';
import { getClientToken } from '../../../../src/commands/uaa/token/client-get.js';
import { getOwnerToken } from '../../../../src/commands/uaa/token/owner-get.js';
import { TpksError } from '../../../../src/errors.js';
import { machine, uaa } from './token-machine.js';
import { adminSettings } from '../../../support/fixtures.js';

describe('uaa token client get', () => {
  test('asks for what is missing once the store is known to work', async () => {
    const { deps, did, sent } = machine({
      answers: { 'Client ID: ': 'admin', 'Client secret: ': 'adminsecret' },
    });
    await getClientToken({}, deps);
    expect(did).toEqual(['prepare', 'Client ID: ', 'Client secret: ', 'request', 'save']);
    expect(sent).toMatchObject([
      { uaa, clientId: 'admin', clientSecret: 'adminsecret', grant: 'client_credentials' },
    ]);
  });

  test('asks for nothing when the store does not work', async () => {
    const { deps, did } = machine({
      answers: { 'Client secret: ': 'adminsecret' },
      storeError: new TpksError('keychain', 'no keychain'),
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({ kind: 'keychain' });
    expect(did).toEqual(['prepare']);
  });

  test('saves a context of the client, beside its API, and makes it current', async () => {
    const { deps, saved, terminal } = machine({
      settings: {
        uaaTarget: uaa,
        targets: [{ uaa, caCert: 'PEM', skipTlsVerification: true }],
      },
    });
    await getClientToken({ id: 'admin', secret: 's3cret', name: 'boss', saveSecret: true }, deps);
    expect(saved).toMatchObject([
      {
        uaa,
        api: 'https://api.example.com:9021',
        caCert: 'PEM',
        skipTlsVerification: true,
        identity: 'admin',
        grant: 'client_credentials',
        clientId: 'admin',
        name: 'boss',
        pointer: 'currentUaa',
      },
    ]);
    expect(saved[0]?.clientSecret?.reveal()).toBe('s3cret');
    expect(terminal.lines).toEqual([
      '',
      'Successfully fetched token via client credentials grant.',
      `Target: ${uaa}`,
      'Context: boss, from client admin',
      'Stored in: the keychain',
      '',
    ]);
    expect(terminal.json).toEqual([
      {
        context: 'boss',
        uaa,
        identity: 'admin',
        clientId: 'admin',
        grant: 'client_credentials',
        store: 'keychain',
        scopes: ['scim.read', 'scim.write'],
        accessTokenExpiresAt: '2026-11-25T01:10:00Z',
      },
    ]);
  });

  test('keeps the secret only when told to', async () => {
    const { deps, saved } = machine();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(saved[0]).toHaveProperty('clientSecret', undefined);
  });

  test('knows no API beside a UAA on another port', async () => {
    const { deps, saved } = machine({ settings: { uaaTarget: 'https://uaa.example.com' } });
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(saved[0]).toHaveProperty('api', undefined);
  });

  test('a secret on the command line warns and never shows', async () => {
    const { deps, terminal } = machine();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(terminal.warnings).toHaveLength(1);
    expect(JSON.stringify([terminal.warnings, terminal.lines, terminal.json])).not.toContain(
      's3cret',
    );
  });

  test('takes the secret from stdin, without its line end', async () => {
    const { deps, sent } = machine({ stdin: 's3cret\n' });
    await getClientToken({ id: 'admin', secretFile: '-' }, deps);
    expect(sent).toMatchObject([{ clientSecret: 's3cret' }]);
  });

  test('takes everything from the environment', async () => {
    const { deps, sent, did } = machine({
      env: { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's3cret', TPKS_UAA_URL: uaa },
      settings: {},
    });
    await getClientToken({}, deps);
    expect(sent).toMatchObject([{ uaa, clientId: 'ci', clientSecret: 's3cret' }]);
    expect(did).toEqual(['prepare', 'request', 'save']);
  });

  test('does not send one client’s secret for another', async () => {
    const { deps } = machine({
      env: { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's3cret' },
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('--secret-file'),
    });
  });

  test.each<Record<string, string>>([
    { TPKS_API: 'other.example.com' },
    { TPKS_UAA_URL: 'https://other.example.com:8443' },
  ])('does not send the secret of %j to the UAA of another context', async (at) => {
    const env = { ...at, TPKS_CONTEXT: 'here', TPKS_CLIENT_SECRET: 's3cret' };
    const { deps, sent } = machine({ env, settings: { contexts: { here: adminSettings } } });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('TPKS_CLIENT_SECRET is meant for '),
    });
    expect(sent).toEqual([]);
  });

  test('an empty secret is a secret', async () => {
    const { deps, sent } = machine();
    await getClientToken({ id: 'pks_cli', secret: '' }, deps);
    expect(sent).toMatchObject([{ clientSecret: '' }]);
  });

  test('asks for the scopes that are named', async () => {
    const { deps, sent } = machine();
    await getClientToken(
      { id: 'admin', secret: 's3cret', scope: ['scim.read', 'scim.write'] },
      deps,
    );
    expect(sent).toMatchObject([{ scope: 'scim.read scim.write' }]);
  });

  test('an empty name is none', async () => {
    const { deps } = machine({ answers: { 'Client ID: ': '' } });
    await expect(getClientToken({}, deps)).rejects.toMatchObject({ message: 'Client ID is empty' });
  });

  test('--store file is said each time, beside an answer for scripts as a warning', async () => {
    const { deps, terminal } = machine({
      env: { TPKS_CLIENT_SECRET: 's3cret' },
    });
    await getClientToken({ id: 'admin', store: 'file' }, deps);
    expect(terminal.lines).toContain('Stored in: the file');
    expect(terminal.warnings).toEqual([]);
    const asJson = machine({ env: { TPKS_CLIENT_SECRET: 's3cret' }, wantsJson: true });
    await getClientToken({ id: 'admin', store: 'file' }, asJson.deps);
    expect(asJson.terminal.warnings).toEqual(['the session is stored in a the file']);
  });
});

describe('uaa token owner get', () => {
  test('asks in the order of uaac', async () => {
    const { deps, did, sent, saved, terminal } = machine({
      answers: {
        'Client ID: ': 'pks_cli',
        'Client secret: ': '',
        'User name: ': 'alana',
        'Password: ': 'alana-password',
      },
    });
    await getOwnerToken({}, deps);
    expect(did).toEqual([
      'prepare',
      'Client ID: ',
      'Client secret: ',
      'User name: ',
      'Password: ',
      'request',
      'save',
    ]);
    expect(sent).toMatchObject([
      {
        clientId: 'pks_cli',
        clientSecret: '',
        grant: 'password',
        username: 'alana',
        password: 'alana-password',
      },
    ]);
    expect(saved).toMatchObject([{ identity: 'alana', grant: 'password', clientId: 'pks_cli' }]);
    expect(terminal.lines).toContain('Successfully fetched token via owner password grant.');
  });

  test('the password of one user is not sent for another', async () => {
    const { deps } = machine({ env: { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password' } });
    await expect(
      getOwnerToken({ client: 'pks_cli', user: 'alana', secret: '' }, deps),
    ).rejects.toMatchObject({ kind: 'usage' });
  });

  test('stdin cannot be both secrets', async () => {
    const { deps, did } = machine({ stdin: 'x' });
    await expect(
      getOwnerToken({ client: 'c', user: 'u', secretFile: '-', passwordStdin: true }, deps),
    ).rejects.toMatchObject({ kind: 'usage' });
    expect(did).toEqual([]);
  });
});
