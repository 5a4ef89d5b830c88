import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { createPksServices } from '../../../src/services/pks.js';
import { fakeSend } from '../../support/fakes/fake-send.js';
import { fakeSettings } from '../../support/fakes/fake-settings.js';
import { aClientContext, adminSettings } from '../../support/fixtures/fixtures.js';

const api = 'https://api.example.com:9021';
const admin = aClientContext({ name: 'admin', api, isApiUnconfirmed: true });
const bare = { ...adminSettings, api: undefined };

interface Setup {
  readonly context?: typeof admin;
  /** `null` without a session. */
  readonly scopes?: readonly string[] | null;
  /** Why the API is not accepted. */
  readonly probeError?: TpksError;
  /** The stored settings of the context. */
  readonly stored?: typeof adminSettings;
  readonly isReadOnly?: boolean;
}

/** Sends one request to the PKS API, and records what was probed before. */
async function sendOnce(setup: Setup = {}) {
  const { context = admin, scopes, probeError, stored = bare, isReadOnly = false } = setup;
  const file = fakeSettings({ contexts: { admin: stored } });
  const readOnly = () => Promise.reject(new TpksError('storage', 'read-only file system'));
  const steps: string[] = [];
  const { send } = fakeSend({ status: 200 });
  const services = createPksServices({
    context: async () => context,
    findContext: async () => context,
    bearerSend: async () => (request) => {
      steps.push(`${request.method} ${request.url}`);
      return send(request);
    },
    readScopes: async () =>
      scopes === null ? undefined : (scopes ?? ['uaa.admin', 'pks.clusters.admin']),
    settings: isReadOnly ? { ...file, update: readOnly } : file,
    probeApi: async (_send, probed) => {
      steps.push(
        `probe ${probed.api} as ${probed.isClient ? 'client' : 'user'} ${probed.identity}`,
      );
      if (probeError !== undefined) throw probeError;
    },
  });
  let error: unknown;
  try {
    await (
      await services.pksSend(context)
    )({ method: 'GET', url: `${api}/v1/clusters` });
  } catch (reason) {
    error = reason;
  }
  return { steps, error, storedApi: file.current().contexts['admin']?.api };
}

describe('an API that the settings do not name', () => {
  test('is probed before the first request and then stored', async () => {
    const { steps, storedApi } = await sendOnce();
    expect(steps).toEqual([`probe ${api} as client admin`, `GET ${api}/v1/clusters`]);
    expect(storedApi).toBe(api);
  });

  test('receives no token without a scope for it', async () => {
    const { steps, error, storedApi } = await sendOnce({ scopes: ['uaa.admin'] });
    expect(steps).toEqual([]);
    expect(error).toMatchObject({
      kind: 'unauthenticated',
      message: 'The token of admin has no pks.clusters scope',
    });
    expect(storedApi).toBeUndefined();
  });

  test('is probed without a session too, which fails with the login command', async () => {
    const probeError = new TpksError('unauthenticated', 'log in', { hint: 'tpks login' });
    expect(await sendOnce({ scopes: null, probeError })).toMatchObject({ error: probeError });
  });

  test('is not stored if another process has moved the context to another UAA', async () => {
    const stored = { ...bare, uaa: 'https://other.example.com:8443' };
    expect((await sendOnce({ stored })).storedApi).toBeUndefined();
  });

  test('receives no token if it is on another host and TLS verification is off for the UAA', async () => {
    const context = { ...admin, uaa: 'https://uaa.example.com', skipTlsVerification: true };
    const { steps, error } = await sendOnce({ context });
    expect(steps).toEqual([]);
    expect(error).toMatchObject({ kind: 'unauthenticated' });
  });

  test('is used even if it cannot be stored, as in a read-only home', async () => {
    const { steps, error } = await sendOnce({ isReadOnly: true });
    expect(error).toBeUndefined();
    expect(steps).toEqual([`probe ${api} as client admin`, `GET ${api}/v1/clusters`]);
  });

  test('is reported with a hint about TPKS_API and TPKS_UAA_URL if nothing responds', async () => {
    const sources = { ...admin.sources, api: 'default' } as const;
    const probeError = new TpksError('unavailable', 'refused', { hint: 'try again' });
    const { error } = await sendOnce({ context: { ...admin, sources }, probeError });
    expect(error).toMatchObject({
      kind: 'unavailable',
      hint: `try again\nif the API has another address, set TPKS_API=ADDRESS and TPKS_UAA_URL=${admin.uaa}`,
    });
  });

  test('is not stored if the probe fails', async () => {
    const probeError = new TpksError('failed', 'not a PKS API');
    const { steps, error, storedApi } = await sendOnce({ probeError });
    expect(steps).toEqual([`probe ${api} as client admin`]);
    expect(error).toBe(probeError);
    expect(storedApi).toBeUndefined();
  });

  test('does not replace an API that another process has stored', async () => {
    const other = 'https://pks.example.com:443';
    const { storedApi } = await sendOnce({ stored: { ...adminSettings, api: other } });
    expect(storedApi).toBe(other);
  });
});

test('an API in the settings is not probed', async () => {
  const { steps } = await sendOnce({ context: aClientContext({ name: 'admin', api }) });
  expect(steps).toEqual([`GET ${api}/v1/clusters`]);
});
