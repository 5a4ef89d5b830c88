import { describe, expect, test } from '@jest/globals';
import { createBroker } from '../../../../src/sandbox/broker/broker.js';
import { basicAuthorization } from '../../../../src/sandbox/http-client.js';

const broker = createBroker({
  credentials: { username: 'pks-api', password: 'right' },
  now: () => 0,
  provisionSeconds: 120,
});

describe('the broker', () => {
  test('returns each cluster with its owner', async () => {
    const { status, body } = await send('/clusters');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject([
      { owner: 'alana', cluster: { name: 'prod-1' } },
      { owner: 'alana' },
      { owner: 'cody' },
      { owner: 'cody' },
      { owner: 'cody', cluster: { name: 'dev-3' } },
    ]);
  });

  test('returns one cluster, or 404', async () => {
    expect(JSON.parse((await send('/clusters/dev-1')).body)).toMatchObject({
      owner: 'cody',
      cluster: { name: 'dev-1' },
    });
    expect((await send('/clusters/dev-9')).status).toBe(404);
    expect((await send('/nowhere')).status).toBe(404);
  });

  test.each([
    null,
    basicAuthorization('pks-api', 'wrong'),
    basicAuthorization('other', 'right'),
    'Bearer right',
  ])('rejects the credentials %s', async (authorization) => {
    const { status, body } = await send('/clusters', authorization);
    expect(status).toBe(401);
    expect(body).not.toContain('prod-1');
  });
});

function send(path: string, authorization: string | null = basicAuthorization('pks-api', 'right')) {
  return broker.handle({
    method: 'GET',
    path,
    query: new URLSearchParams(),
    headers: { authorization: authorization ?? undefined },
    body: '',
    origin: 'http://localhost',
  });
}
