import { expect, test } from '@jest/globals';
import { withBearer } from '../../../src/http/bearer.js';
import type { HttpResponse } from '../../../src/http/send.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { withTrace } from '../../../src/http/trace.js';
import { createClusters } from '../../../src/pks/clusters.js';
import { Secret } from '../../../src/secret.js';

test('returns clusters while the response body arrives', async () => {
  const steps: string[] = [];
  const response: HttpResponse = {
    status: 200,
    headers: {},
    text: () => Promise.reject(new Error('the body must be streamed')),
    stream: async function* () {
      for (const name of ['a', 'b', 'c']) {
        steps.push(`sent ${name}`);
        yield await Promise.resolve(Buffer.from(`${name === 'a' ? '[' : ','}{"name":"${name}"}`));
      }
      yield Buffer.from(']');
    },
  };
  const traced = withTrace(async () => response, {
    write: () => undefined,
    now: () => new Date(0),
  });
  const origin = 'https://api.example.com:9021';
  const authorized = withBearer(traced, {
    getAccessToken: async () => new Secret('token'),
    hosts: [origin],
    loginCommand: '',
  });
  const clusters = createClusters(withStatusErrors(authorized), origin);
  for await (const { name } of clusters.stream()) steps.push(`got ${name}`);
  expect(steps).toEqual(['sent a', 'got a', 'sent b', 'got b', 'sent c', 'got c']);
});
