import { describe, expect, test } from '@jest/globals';
import type { Program } from '../../../src/config/settings.js';
import { createUaaServices } from '../../../src/services/uaa.js';
import type { Zone } from '../../../src/uaa/zone.js';
import { fakeSend } from '../../support/fakes/fake-send.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { aClientContext, aUserContext } from '../../support/fixtures/fixtures.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

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
  const services = createUaaServices({
    clock: fixedClock(),
    terminal,
    program,
    uaaContext: async () => context,
    zone: () => zone,
    send: async () => send,
    bearerSend: async () => send,
  });
  const request = async (method: string, path: string) => {
    const uaaSend = await services.uaaSend(context);
    await uaaSend({ method, url: `${context.uaa}${path}` });
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

  test.each<Program>(['pks', 'uaac'])('through a link named %s prints nothing', async (program) => {
    const { request, terminal } = createServices({ program });
    await request('POST', '/Users');
    expect(terminal.notes).toEqual([]);
  });

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
    const dry = await services.uaaResource(create, { dryRun: true });
    await expect(dry.remove()).rejects.toMatchObject({ request: { method: 'DELETE' } });
    expect([terminal.notes, requests]).toEqual([[], []]);
    await (await services.uaaResource(create)).remove();
    expect(terminal.notes).toEqual([note]);
  });
});
