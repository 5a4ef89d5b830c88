import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Send } from '../../../src/http/send.js';
import { withApiTimeLimit } from '../../../src/http/time-limits.js';
import { createUser } from '../../support/program/cli.js';
import { fakeSend, probeResponse, toResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { loginCommand } from '../../support/program/headless.js';

/** The time limits that requests set, by server; a request without one has the limit of the UAA. */
type Limits = Readonly<Record<string, number | undefined>>;

/** Creates a network with both servers that records the time limit of each request. */
function recordLimits(token: object = tokenBody): { readonly send: Send; readonly limits: Limits } {
  const limits: Record<string, number | undefined> = {};
  return {
    limits,
    send: async ({ url, timeoutSeconds }) => {
      const { host, pathname } = new URL(url);
      limits[host] = timeoutSeconds;
      if (pathname === '/oauth/token') return toResponse({ body: token });
      return toResponse(pathname === '/actuator/info' ? probeResponse : { body: [] });
    },
  };
}

describe('the time limit of a request', () => {
  const user = createUser();
  beforeAll(async () => {
    expect(await user.tpks(loginCommand, { send: recordLimits().send })).toMatchObject({ code: 0 });
  });

  const [api, uaa] = ['pks.test:9021', 'pks.test:8443'];

  test.each<[words: readonly string[], limits: Limits]>([
    [loginCommand, { [api]: 300, [uaa]: undefined }],
    [['clusters'], { [api]: 300 }],
    [['status'], { [api]: 300 }],
    [['curl', '/v1/clusters'], { [api]: 300 }],
    [['curl', '--uaa', '/Users'], { [uaa]: undefined }],
    [['uaa', 'curl', '/Users'], { [uaa]: undefined }],
    [['clusters', '--timeout', '5'], { [api]: undefined }],
  ])('depends on the server in %j', async (words, expected) => {
    const { send, limits } = recordLimits();
    await user.tpks(words, { send });
    expect(limits).toStrictEqual(expected);
  });

  test('is the UAA limit for the renewal of a token that the API rejects', async () => {
    const { send, limits } = recordLimits();
    const rejectToken: Send = async (request) => {
      const response = await send(request);
      const body = { error: 'invalid_token' };
      return request.url.includes('/v1/') ? toResponse({ status: 401, body }) : response;
    };
    await user.tpks(['clusters'], { send: rejectToken });
    expect(limits).toStrictEqual({ [api]: 300, [uaa]: undefined });
  });

  test('is the UAA limit for a UAA whose URL is a path at the address of the API', async () => {
    const [api, uaa] = ['https://pks.test:443', 'https://pks.test/uaa'];
    const { send, requests } = fakeSend({});
    const limited = withApiTimeLimit(send, { api, uaa });
    for (const url of [`${api}/v1/clusters`, `${uaa}/Users`, `${uaa}x`]) {
      await limited({ method: 'GET', url });
    }
    expect(requests.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([300, undefined, 300]);
  });

  test('is not changed if the request sets its own', async () => {
    const { send, requests } = fakeSend({});
    const limited = withApiTimeLimit(send, { api: 'https://pks.test:9021' });
    await limited({ method: 'GET', url: 'https://pks.test:9021/v1/plans', timeoutSeconds: 10 });
    expect(requests).toMatchObject([{ timeoutSeconds: 10 }]);
  });
});
