import { describe, expect, test } from '@jest/globals';
import { probeApi } from '../../../src/pks/probe.js';
import { fakeSend, type FakeResponse } from '../../support/fakes/fake-send.js';

const api = 'https://api.example.com:9021';
const cody = { api, identity: 'cody', isClient: false };
const actuator = 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8';

/** Probes a server that gives these responses. */
async function probe(...answers: FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  await probeApi(send, cody);
  return requests.map(({ method, url }) => `${method} ${url.replace(api, '')}`);
}

describe('a PKS API is recognized', () => {
  test('by its actuator, with one request', async () => {
    const answer = { headers: { 'content-type': actuator } };
    expect(await probe(answer)).toEqual(['HEAD /actuator/info']);
  });

  test.each<[string, FakeResponse, FakeResponse]>([
    ['with a plain JSON type', { headers: { 'content-type': 'application/json' } }, { body: [] }],
    ['without an actuator', { status: 404 }, { body: [{ name: 'dev-1' }] }],
    ['with a body that starts with white space', {}, { body: '\n [\n  {}]' }],
  ])('%s by its list of clusters', async (_name, first, second) => {
    expect(await probe(first, second)).toEqual(['HEAD /actuator/info', 'GET /v1/clusters']);
  });
});

describe('a server is rejected as a PKS API if it sends', () => {
  test.each<[string, FakeResponse]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['an empty object', { headers: { 'content-type': 'application/json' }, body: {} }],
    ['an empty body', {}],
    ['a list of numbers', { body: [1] }],
    ['an incomplete list', { body: '[{}' }],
    ['404 everywhere', { status: 404 }],
  ])('%s', async (_name, answer) => {
    await expect(probe(answer)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'api.example.com:9021 does not respond like a PKS API',
      hint: expect.stringContaining('tpks login -a api.example.com'),
    });
  });
});

describe('a failure', () => {
  test.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [302, 'unavailable'],
    [503, 'unavailable'],
  ])(
    'with HTTP %d is an error of the kind %s, even in the second response',
    async (status, kind) => {
      await expect(probe({ status })).rejects.toMatchObject({ kind, status });
      await expect(probe({}, { status })).rejects.toMatchObject({ kind, status });
    },
  );

  test('of a missing scope names the command that grants one', async () => {
    const { send } = fakeSend({ status: 403 });
    await expect(probeApi(send, cody)).rejects.toMatchObject({
      hint: expect.stringMatching(/: tpks uaa member add pks\.clusters\.manage cody$/),
    });
    await expect(probeApi(send, { ...cody, isClient: true })).rejects.toMatchObject({
      hint: expect.stringMatching(/: tpks uaa client update cody --authorities pks\./),
    });
  });
});
