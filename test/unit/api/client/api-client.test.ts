import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { createApiClient, encodePathSegment } from '../../../../src/api/client/api-client.js';
import { translateNotFound } from '../../../../src/api/client/api-error.js';
import { createClusters, createTasks } from '../../../../src/api/pks/clusters.js';
import { createNetworkProfiles } from '../../../../src/api/pks/profiles.js';
import { createUsers } from '../../../../src/api/uaa/users.js';
import { TpksError } from '../../../../src/base/errors.js';
import { fakeSend, toResponse, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fakeSend as fakeJsonSend } from '../uaa/fake-send.js';

const baseUrl = 'https://api.example.com:9021/v1';
const plan = {
  noun: 'plan',
  schema: v.looseObject({ name: v.string(), id: v.nullish(v.string()) }),
};

function createTestClient(...answers: readonly FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  const client = createApiClient(send, {
    name: 'PKS API',
    baseUrl,
    malformedHint: 'look at the response',
  });
  return { client, requests };
}

describe('a path', () => {
  test.each([
    ['a b', 'a%20b'],
    ['a/../b', 'a%2F..%2Fb'],
    ['../x', '..%2Fx'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['$(id);`id`&|<>"\'', "%24(id)%3B%60id%60%26%7C%3C%3E%22'"],
    ['?a=b#c', '%3Fa%3Db%23c'],
    ['%2e%2e', '%252e%252e'],
    ['\r\nx: y', '%0D%0Ax%3A%20y'],
    ['...', '...'],
  ])('contains the name %j as one segment', async (name, encoded) => {
    const { client, requests } = createTestClient({ body: { name } });
    await client.get(plan, ['plans', name]);
    expect(requests[0]?.url).toBe(`${baseUrl}/plans/${encoded}`);
    expect(new URL(requests[0]?.url ?? '').pathname.split('/')).toHaveLength(4);
  });

  test.each(['', '..'])('cannot contain %j, and nothing is sent', async (name) => {
    const { client, requests } = createTestClient({ body: {} });
    for (const call of [
      client.get(plan, ['plans', name]),
      client.list(plan, ['plans', name]),
      client.write(plan, 'PUT', ['plans', name]),
      client.confirm(plan, 'DELETE', ['plans', name]),
    ]) {
      await expect(call).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringMatching(/^The plan name /),
      });
    }
    expect(requests).toEqual([]);
  });
});

describe('a write', () => {
  test('sends JSON or a form', async () => {
    const { client, requests } = createTestClient({ body: { name: 'x' } });
    await client.write(plan, 'POST', ['plans'], { body: { name: 'x' } });
    await client.write(plan, 'POST', ['plans'], { form: { name: 'x y' } });
    await client.write(plan, 'POST', ['plans']);
    expect(
      requests.map(({ method, body, headers }) => [method, body, headers?.['content-type']]),
    ).toEqual([
      ['POST', '{"name":"x"}', 'application/json'],
      ['POST', 'name=x+y', 'application/x-www-form-urlencoded'],
      ['POST', undefined, undefined],
    ]);
  });

  test.each<[FakeResponse, unknown]>([
    [{ body: { name: 'n', more: 1 } }, { name: 'n', more: 1 }],
    [{ body: {} }, undefined],
    [{ body: 'OK' }, undefined],
    [{ body: '' }, undefined],
    [{ status: 204 }, undefined],
  ])('is confirmed by %j', async (answer, expected) => {
    const { client } = createTestClient(answer);
    expect(await client.confirm(plan, 'DELETE', ['plans', 'n'])).toEqual(expected);
  });

  test.each<[unknown, RegExp]>([
    ['<html>Sign in</html>', /a web page instead of JSON/],
    ['{"name":', /invalid JSON/],
    ['\u0000\u0000', /invalid JSON/],
    [[{ name: 'n' }], /it is a list/],
    ['7', /it is a number/],
    ['"n"', /it is a string/],
    ['null', /it is null/],
    ['true', /it is a boolean/],
    [{ error: 'locked' }, /name: /],
    [{ name: 7 }, /name: /],
    [{ name: 'n', id: 7 }, /id: /],
  ])('is not confirmed by %j', async (body, reason) => {
    const { client } = createTestClient({ body });
    await expect(client.confirm(plan, 'DELETE', ['plans', 'n'])).rejects.toMatchObject({
      kind: 'unavailable',
      status: 200,
      message: expect.stringMatching(reason),
    });
  });
});

test('a list may have 128 MiB, any other response 16 MiB', async () => {
  const limits: (number | undefined)[] = [];
  const client = createApiClient(
    async ({ url }) => ({
      ...toResponse({}),
      text: (limit) => {
        limits.push(limit);
        return Promise.resolve(url.endsWith('/plans') ? '[]' : '{"name":"n"}');
      },
    }),
    { name: 'PKS API', baseUrl, malformedHint: 'look at the response' },
  );
  await client.list(plan, ['plans']);
  await client.get(plan, ['plans', 'n']);
  expect(limits).toEqual([128 * 1024 * 1024, undefined]);
});

describe('a response', () => {
  test('keeps all members in their order', async () => {
    const answer = { later: { b: 1, a: 2 }, id: 'i', name: 'n', more: [] };
    const { client } = createTestClient({ body: answer }, { body: [answer] });
    expect(JSON.stringify(await client.get(plan, ['plans', 'n']))).toBe(JSON.stringify(answer));
    expect(JSON.stringify(await client.list(plan, ['plans']))).toBe(JSON.stringify([answer]));
  });

  test.each([['null'], ['"x"'], [{}], [{ name: 7 }], ['[]']])(
    'is rejected if it is %j instead of a plan',
    async (body) => {
      const { client } = createTestClient({ body });
      await expect(client.get(plan, ['plans', 'n'])).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/^The PKS API returned an invalid plan \(.+\)$/),
        hint: 'look at the response',
      });
    },
  );

  test.each([{ name: 'n' }, [{ name: 'n' }, {}], ['n'], 'null'])(
    'is rejected if it is %j instead of a list of plans',
    async (body) => {
      const { client } = createTestClient({ body });
      await expect(client.list(plan, ['plans'])).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/^The PKS API returned an invalid (list of plans|plan) \(/),
      });
    },
  );
});

test('reports a missing resource by name, and does not change other errors', async () => {
  const missing = new TpksError('notFound', 'The plan named "x" not found.', { status: 404 });
  await expect(
    translateNotFound(Promise.reject(missing), 'Plan x', 'tpks plans'),
  ).rejects.toMatchObject({
    kind: 'notFound',
    message: 'Plan x not found',
    hint: 'tpks plans',
    status: 404,
  });
  const other = new TpksError('forbidden', 'no');
  await expect(translateNotFound(Promise.reject(other), 'Plan x', '')).rejects.toBe(other);
});

const impossible: [name: string, message: string][] = [
  ['', 'The user id is empty'],
  [' \t\n', 'The user id is empty'],
  ['.', 'The user id cannot be "."'],
  ['..', 'The user id cannot be ".."'],
  ['a\ud800b', 'The user id contains an incomplete Unicode character'],
  ['x'.repeat(4001), 'The user id is too long: it has 4001 characters'],
  ['集'.repeat(1000), 'The user id is too long: it has 1000 characters'],
];

test.each(impossible)('rejects %j', (name, message) => {
  expect(() => encodePathSegment(name, 'user id')).toThrow(
    expect.objectContaining({ kind: 'usage', message }),
  );
});

test.each(
  impossible.map(([name, message]) => [message.replace('The user id', 'it'), name] as const),
)('a name from a server is reported as malformed if %s', async (reason, name) => {
  const rejection = (field: string) =>
    expect.objectContaining({
      kind: 'unavailable',
      message: expect.stringContaining(`(${field}: ${reason})`),
    });
  const respond = (body: object) => fakeJsonSend(() => body).send;
  const origin = 'https://api.example.com';
  const user = { id: name, userName: 'cody', origin: 'uaa' };
  const users = createUsers(respond({ resources: [user], totalResults: 1 }), origin);
  await expect(users.findId({ name: 'cody' })).rejects.toEqual(rejection('id'));
  await expect(createClusters(respond([{ name }]), origin).list()).rejects.toEqual(
    rejection('name'),
  );
  const tasks = createTasks(respond({ uuid: name }), origin);
  await expect(tasks.get('1')).rejects.toEqual(rejection('uuid'));
  const profiles = createNetworkProfiles(respond([{ name }]), origin);
  await expect(profiles.list()).rejects.toEqual(rejection('name'));
});
