import { describe, expect, test } from '@jest/globals';
import { explainZone, withZone, type Zone } from '../../../src/uaa/zone.js';
import { fakeSend } from './fake-send.js';

const request = { method: 'GET', url: 'https://uaa.example.com/Users' };

test.each<[Zone, Record<string, string>]>([
  [{ id: 'z-1' }, { 'x-identity-zone-id': 'z-1' }],
  [{ subdomain: 'dev' }, { 'x-identity-zone-subdomain': 'dev' }],
])('a request in %j says so, besides what it said', async (zone, headers) => {
  const { send, requests } = fakeSend(() => ({}));
  await withZone(send, zone)({ ...request, headers: { accept: 'application/json' } });
  expect(requests[0]?.headers).toEqual({ accept: 'application/json', ...headers });
});

describe('the empty object in an answer', () => {
  const explain = explainZone({ subdomain: 'dev' });
  const failure = (status: number, body: unknown) => ({
    request,
    status,
    message: `HTTP ${String(status)}`,
    oauthError: undefined,
    body,
  });

  test('means that there is no such zone, which is no absence of what was asked for', () => {
    expect(explain(failure(404, {}))).toMatchObject({
      kind: 'failed',
      message: 'Identity zone with the subdomain dev not found',
    });
    expect(explainZone({ id: 'z-1' })(failure(404, {}))?.message).toBe(
      'Identity zone with the id z-1 not found',
    );
  });

  test('or that the token has no rights in it', () => {
    expect(explain(failure(403, {}))).toMatchObject({ kind: 'forbidden' });
  });

  test.each([
    [404, undefined],
    [404, { error: 'scim_resource_not_found' }],
    [403, { error: 'insufficient_scope' }],
    [500, {}],
  ])('%i with %j is about something else', (status, body) => {
    expect(explain(failure(status, body))).toBeUndefined();
  });
});
