import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { TpksError } from '../../../src/errors.js';
import { checked, checkedList, createPksApi, orNotFound } from '../../../src/pks/api.js';
import { fakeSend } from '../../support/fake-send.js';

const origin = 'https://api.example.com:9021';

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
  ])('holds the name %j as one part', async (name, encoded) => {
    const { send, requests } = fakeSend({ body: {} });
    await createPksApi(send, origin).read(['plans', name]);
    expect(requests[0]?.url).toBe(`${origin}/v1/plans/${encoded}`);
    expect(new URL(requests[0]?.url ?? '').pathname.split('/')).toHaveLength(4);
  });

  test.each(['', ' ', '\t', '.', '..', 'x'.repeat(4001), '集'.repeat(1000)])(
    'cannot hold %j: nothing is sent',
    async (name) => {
      const { send, requests } = fakeSend({ body: {} });
      const api = createPksApi(send, origin);
      await expect(api.read(['plans', name])).rejects.toMatchObject({ kind: 'usage' });
      await expect(api.write('DELETE', ['plans', name])).rejects.toMatchObject({ kind: 'usage' });
      expect(requests).toEqual([]);
    },
  );

  test('has a query where there is one', async () => {
    const { send, requests } = fakeSend({ body: {} });
    await createPksApi(send, origin).read(['tasks'], { limit: '10' });
    expect(requests[0]?.url).toBe(`${origin}/v1/tasks?limit=10`);
  });
});

describe('a change', () => {
  test('sends JSON, and takes JSON, a word or nothing for the answer', async () => {
    const { send, requests } = fakeSend({ body: { a: 1 } }, { body: 'OK' }, { status: 204 });
    const api = createPksApi(send, origin);
    expect(await api.write('POST', ['quotas'], { owner: 'x' })).toEqual({ a: 1 });
    expect(await api.write('POST', ['quotas'], { owner: 'x' })).toBeUndefined();
    expect(await api.write('DELETE', ['quotas', 'x'])).toBeUndefined();
    expect(requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"owner":"x"}'],
      ['POST', '{"owner":"x"}'],
      ['DELETE', undefined],
    ]);
  });
});

test.each(['<html>Sign in</html>', '{"name":', '[{"name":"x"', '\u0000\u0000', '\ufffd'])(
  'a change whose response is %j is not known to have been made',
  async (body) => {
    const api = createPksApi(fakeSend({ body }).send, origin);
    await expect(api.write('DELETE', ['clusters', 'x'])).rejects.toMatchObject({
      kind: 'unavailable',
      status: 200,
    });
  },
);

describe('an answer', () => {
  const schema = v.looseObject({ name: v.string(), id: v.nullish(v.string()) });

  test('keeps every member, each in its place', () => {
    const answer = { later: { b: 1, a: 2 }, id: 'i', name: 'n', more: [] };
    expect(JSON.stringify(checked(schema, answer, 'a thing'))).toBe(JSON.stringify(answer));
  });

  test.each([[null], ['x'], [{}], [{ name: 7 }], [[]]])('%j is refused', (answer) => {
    expect(() => checked(schema, answer, 'a thing')).toThrow(
      expect.objectContaining({
        kind: 'unavailable',
        message: expect.stringMatching(/^The PKS API did not answer with a thing \(.+: .+\)$/),
      }),
    );
    expect(() => checkedList(schema, [{ name: 'n' }, answer], 'a thing')).toThrow(TpksError);
  });

  test('that is no list is refused as one', () => {
    expect(() => checkedList(schema, { name: 'n' }, 'a thing')).toThrow('a list');
  });
});

test('what is not found is said in the original’s words, all else as it is', async () => {
  const missing = new TpksError('notFound', 'The thing named "x" not found.', { status: 404 });
  await expect(orNotFound(Promise.reject(missing), 'Thing x', 'tpks things')).rejects.toMatchObject(
    { kind: 'notFound', message: 'Thing x not found', hint: 'tpks things', status: 404 },
  );
  const other = new TpksError('forbidden', 'no');
  await expect(orNotFound(Promise.reject(other), 'Thing x', '')).rejects.toBe(other);
});
