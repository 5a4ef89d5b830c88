import { describe, expect, test } from '@jest/globals';
import type { Zone } from '../../../src/api/uaa/uaa-api.js';
import { createResources } from '../../../src/app/resources.js';
import { TpksError } from '../../../src/base/errors.js';
import { findLink, type Program } from '../../../src/base/link.js';
import { fakeSend, probeResponse, toResponse } from '../../support/fakes/fake-send.js';
import { fakeSettings } from '../../support/fakes/fake-settings.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';
import {
  adminSettings,
  aClientContext,
  aUserContext,
} from '../../support/fixtures/contexts-and-clusters.js';

const options = { json: false, interactive: true, color: false, trace: false };
const common = { clock: fixedClock(), link: findLink('tpks'), options: () => options };

describe('PKS services', () => {
  const api = 'https://api.example.com:9021';
  const admin = aClientContext({ name: 'admin', api, isApiUnconfirmed: true });
  const bare = { ...adminSettings, api: undefined };
  const probeRequest = `HEAD ${api}/actuator/info`;

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
    const probe = () =>
      probeError === undefined
        ? Promise.resolve(toResponse(probeResponse))
        : Promise.reject(probeError);
    const services = createResources({
      ...common,
      terminal: recordedTerminal(),
      context: async () => context,
      uaaContext: async () => context,
      findContext: async () => context,
      connect: () => (request) => {
        steps.push(`${request.method} ${request.url}`);
        return request.url.endsWith('/actuator/info') ? probe() : send(request);
      },
      readScopes: async () =>
        scopes === null ? undefined : (scopes ?? ['uaa.admin', 'pks.clusters.admin']),
      settings: isReadOnly ? { ...file, update: readOnly } : file,
    });
    let error: unknown;
    try {
      await services.pksSend(context)({ method: 'GET', url: `${api}/v1/clusters` });
    } catch (reason) {
      error = reason;
    }
    return { steps, error, storedApi: file.current().contexts['admin']?.api };
  }

  describe('an API that the settings do not name', () => {
    test('is probed before the first request and then stored', async () => {
      const { steps, storedApi } = await sendOnce();
      expect(steps).toEqual([probeRequest, `GET ${api}/v1/clusters`]);
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
      expect(steps).toEqual([probeRequest, `GET ${api}/v1/clusters`]);
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
      expect(steps).toEqual([probeRequest]);
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
});

describe('UAA services', () => {
  const admin = aClientContext();
  const note = `UAA ${admin.uaa}, client admin`;

  interface Setup {
    readonly program?: Program;
    readonly context?: typeof admin | ReturnType<typeof aUserContext>;
    readonly zone?: Zone;
  }

  /** Creates the services of `tpks uaa`, whose UAA answers each request with success. */
  function createServices({ program = 'tpks', context = admin, zone }: Setup = {}) {
    const terminal = recordedTerminal();
    const { send, requests } = fakeSend(...Array.from({ length: 9 }, () => ({ body: {} })));
    const services = createResources({
      ...common,
      terminal,
      link: findLink(program),
      options: () => ({ ...options, zone }),
      context: async () => context,
      uaaContext: async () => context,
      findContext: async () => context,
      readScopes: async () => undefined,
      settings: fakeSettings(),
      connect: () => send,
    });
    const request = async (method: string, path: string) => {
      await services.uaaSend(context)({ method, url: `${context.uaa}${path}` });
    };
    return { services, request, terminal, requests };
  }

  describe('a change at the UAA', () => {
    test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
      'with %s prints the UAA and the identity first, once per run',
      async (method) => {
        const { request, terminal, requests } = createServices();
        await request(method, '/Users/1');
        await request('DELETE', '/Users/2');
        expect(terminal.notes).toEqual([note]);
        expect(requests).toHaveLength(2);
      },
    );

    test('can be a GET request, which revokes tokens', async () => {
      const { request, terminal } = createServices();
      await request('GET', '/oauth/token/revoke/client/ci');
      expect(terminal.notes).toEqual([note]);
    });

    test('names a user, and the identity zone', async () => {
      const user = createServices({ context: aUserContext() });
      await user.request('POST', '/Users');
      expect(user.terminal.notes).toEqual([`UAA ${admin.uaa}, user cody`]);
      const bySubdomain = createServices({ zone: { subdomain: 'blue' } });
      await bySubdomain.request('POST', '/Users');
      expect(bySubdomain.terminal.notes).toEqual([`${note}, zone blue`]);
      const byId = createServices({ zone: { id: 'z-1' } });
      await byId.request('POST', '/Users');
      expect(byId.terminal.notes).toEqual([`${note}, zone z-1`]);
    });

    test.each([
      ['GET', '/Users'],
      ['HEAD', '/Users'],
      ['POST', '/check_token'],
      ['POST', '/introspect'],
      ['POST', '/password/score'],
    ])('is not %s %s', async (method, path) => {
      const { request, terminal, requests } = createServices();
      await request(method, path);
      expect(terminal.notes).toEqual([]);
      expect(requests).toHaveLength(1);
    });

    test.each<Program>(['pks', 'uaac'])(
      'through a link named %s prints nothing',
      async (program) => {
        const { request, terminal } = createServices({ program });
        await request('POST', '/Users');
        expect(terminal.notes).toEqual([]);
      },
    );

    test('is not announced twice if the UAA and the identity were printed before a prompt', async () => {
      const { services, request, terminal } = createServices();
      await services.noteUaaIdentity();
      await services.noteUaaIdentity();
      await request('DELETE', '/Users/1');
      expect(terminal.notes).toEqual([note]);
    });

    test('by a resource is announced too, unless it is a dry run', async () => {
      const { services, terminal, requests } = createServices();
      const create = (send: ReturnType<typeof fakeSend>['send'], uaa: string) => ({
        remove: () => send({ method: 'DELETE', url: `${uaa}/Users/1` }),
      });
      const dry = services.uaaResource(create, { dryRun: true });
      await expect(dry.remove()).rejects.toMatchObject({ request: { method: 'DELETE' } });
      expect([terminal.notes, requests]).toEqual([[], []]);
      await services.uaaResource(create).remove();
      expect(terminal.notes).toEqual([note]);
    });
  });
});
