import { describe, expect, test } from '@jest/globals';
import { getClientToken, getOwnerToken } from '../../../../src/commands/uaa/token/grants.js';
import { TpksError } from '../../../../src/errors.js';
import { prepareTokenCommand, uaa } from './prepare-token-command.js';
import { adminSettings } from '../../../support/fixtures/fixtures.js';
import { selectingOnly } from '../../../support/fixtures/selections.js';

describe('uaa token client get', () => {
  test('prompts for missing values after preparing the store', async () => {
    const { deps, steps, requests } = prepareTokenCommand({
      terminalInput: { 'Client ID: ': 'admin', 'Client secret: ': 'adminsecret' },
    });
    await getClientToken({}, deps);
    expect(steps).toEqual(['prepare', 'Client ID: ', 'Client secret: ', 'request', 'save']);
    expect(requests).toMatchObject([
      { uaa, clientId: 'admin', clientSecret: 'adminsecret', grant: 'client_credentials' },
    ]);
  });

  test('does not prompt if the store cannot be used', async () => {
    const { deps, steps } = prepareTokenCommand({
      terminalInput: { 'Client secret: ': 'adminsecret' },
      storeError: new TpksError('keychain', 'no keychain'),
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({ kind: 'keychain' });
    expect(steps).toEqual(['prepare']);
  });

  test('saves a context for the client, which tpks uaa uses from then on', async () => {
    const { deps, savedLogins, terminal } = prepareTokenCommand({
      settings: selectingOnly(uaa, {
        targets: [{ uaa, caCert: 'PEM', skipTlsVerification: true }],
      }),
    });
    await getClientToken({ id: 'admin', secret: 's3cret', name: 'boss', saveSecret: true }, deps);
    expect(savedLogins).toMatchObject([
      {
        uaa,
        caCert: 'PEM',
        skipTlsVerification: true,
        identity: 'admin',
        grant: 'client_credentials',
        clientId: 'admin',
        name: 'boss',
        role: 'uaa',
      },
    ]);
    expect(savedLogins[0]?.clientSecret?.reveal()).toBe('s3cret');
    expect(terminal.lines).toEqual([
      '',
      'Successfully fetched token via client credentials grant.',
      `Target: ${uaa}`,
      'Context: boss, from client admin',
      'Stored in: keychain store',
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

  test('does not store the secret without --save-secret', async () => {
    const { deps, savedLogins } = prepareTokenCommand();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(savedLogins[0]).toHaveProperty('clientSecret', undefined);
  });

  test('saves no API, because the first PKS command has to check it', async () => {
    const { deps, savedLogins } = prepareTokenCommand();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(savedLogins[0]).toHaveProperty('api', undefined);
  });

  test('warns about a secret on the command line and does not print it', async () => {
    const { deps, terminal } = prepareTokenCommand();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(terminal.warnings).toHaveLength(1);
    expect(JSON.stringify([terminal.warnings, terminal.lines, terminal.json])).not.toContain(
      's3cret',
    );
  });

  test('reads the secret from stdin, without the newline', async () => {
    const { deps, requests } = prepareTokenCommand({ stdin: 's3cret\n' });
    await getClientToken({ id: 'admin', secretFile: '-' }, deps);
    expect(requests).toMatchObject([{ clientSecret: 's3cret' }]);
  });

  test('reads all values from the environment', async () => {
    const { deps, requests, steps } = prepareTokenCommand({
      env: { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's3cret', TPKS_UAA_URL: uaa },
      settings: {},
    });
    await getClientToken({}, deps);
    expect(requests).toMatchObject([{ uaa, clientId: 'ci', clientSecret: 's3cret' }]);
    expect(steps).toEqual(['prepare', 'request', 'save']);
  });

  test('does not send the secret of one client for another', async () => {
    const { deps } = prepareTokenCommand({
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
  ])('does not send the secret of %j to the UAA of another context', async (variables) => {
    const env = { ...variables, TPKS_CONTEXT: 'here', TPKS_CLIENT_SECRET: 's3cret' };
    const { deps, requests } = prepareTokenCommand({
      env,
      settings: { contexts: { here: adminSettings } },
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('TPKS_CLIENT_SECRET is meant for '),
    });
    expect(requests).toEqual([]);
  });

  test('sends an empty secret', async () => {
    const { deps, requests } = prepareTokenCommand();
    await getClientToken({ id: 'pks_cli', secret: '' }, deps);
    expect(requests).toMatchObject([{ clientSecret: '' }]);
  });

  test('requests the given scopes', async () => {
    const { deps, requests } = prepareTokenCommand();
    await getClientToken(
      { id: 'admin', secret: 's3cret', scope: ['scim.read', 'scim.write'] },
      deps,
    );
    expect(requests).toMatchObject([{ scope: 'scim.read scim.write' }]);
  });

  test('rejects an empty client ID', async () => {
    const { deps } = prepareTokenCommand({ terminalInput: { 'Client ID: ': '' } });
    await expect(getClientToken({}, deps)).rejects.toMatchObject({ message: 'Client ID is empty' });
  });

  test('shows that the session is stored in a file, as a warning with --json', async () => {
    const { deps, terminal } = prepareTokenCommand({
      env: { TPKS_CLIENT_SECRET: 's3cret' },
    });
    await getClientToken({ id: 'admin', store: 'file' }, deps);
    expect(terminal.lines).toContain('Stored in: file store');
    expect(terminal.warnings).toEqual([]);
    const withJson = prepareTokenCommand({
      env: { TPKS_CLIENT_SECRET: 's3cret' },
      wantsJson: true,
    });
    await getClientToken({ id: 'admin', store: 'file' }, withJson.deps);
    expect(withJson.terminal.warnings).toEqual(['the session is stored in a file store']);
  });
});

describe('uaa token owner get', () => {
  test('prompts in the order of uaac', async () => {
    const { deps, steps, requests, savedLogins, terminal } = prepareTokenCommand({
      terminalInput: {
        'Client ID: ': 'pks_cli',
        'Client secret: ': '',
        'User name: ': 'alana',
        'Password: ': 'alana-password',
      },
    });
    await getOwnerToken({}, deps);
    expect(steps).toEqual([
      'prepare',
      'Client ID: ',
      'Client secret: ',
      'User name: ',
      'Password: ',
      'request',
      'save',
    ]);
    expect(requests).toMatchObject([
      {
        clientId: 'pks_cli',
        clientSecret: '',
        grant: 'password',
        username: 'alana',
        password: 'alana-password',
      },
    ]);
    expect(savedLogins).toMatchObject([
      { identity: 'alana', grant: 'password', clientId: 'pks_cli' },
    ]);
    expect(terminal.lines).toContain('Successfully fetched token via owner password grant.');
  });

  test('does not send the password of one user for another', async () => {
    const { deps } = prepareTokenCommand({
      env: { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password' },
    });
    await expect(
      getOwnerToken({ client: 'pks_cli', user: 'alana', secret: '' }, deps),
    ).rejects.toMatchObject({ kind: 'usage' });
  });
});
