import { describe, expect, test } from '@jest/globals';
import { explainZone, withZone, type Zone } from '../../../src/uaa/zone.js';
import { fakeSend } from './fake-send.js';

const request = { method: 'GET', url: 'https://uaa.example.com/Users' };

test.each<[Zone, Record<string, string>]>([
  [{ id: 'z-1' }, { 'x-identity-zone-id': 'z-1' }],
  [{ subdomain: 'dev' }, { 'x-identity-zone-subdomain': 'dev' }],
])('adds the headers for the zone %j', async (zone, headers) => {
  const { send, requests } = fakeSend(() => ({}));
  await withZone(send, zone)({ ...request, headers: { accept: 'application/json' } });
  expect(requests[0]?.headers).toEqual({ accept: 'application/json', ...headers });
});

describe('an empty object in a response', () => {
  const explain = explainZone({ subdomain: 'dev' });
  const failure = (status: number, body: unknown) => ({
    request,
    status,
    message: `HTTP ${String(status)}`,
    oauthError: undefined,
    body,
  });

  test('is reported as a missing zone, not as a missing resource, with status 404', () => {
    expect(explain(failure(404, {}))).toMatchObject({
      kind: 'failed',
      message: 'Identity zone with the subdomain dev not found',
    });
    expect(explainZone({ id: 'z-1' })(failure(404, {}))?.message).toBe(
      'Identity zone with the id z-1 not found',
    );
  });

  test('is reported as missing permissions in the zone with status 403', () => {
    expect(explain(failure(403, {}))).toMatchObject({ kind: 'forbidden' });
  });

  test.each([
    [404, undefined],
    [404, { error: 'scim_resource_not_found' }],
    [403, { error: 'insufficient_scope' }],
    [500, {}],
  ])('is not recognized in status %i with %j', (status, body) => {
    expect(explain(failure(status, body))).toBeUndefined();
  });
});
