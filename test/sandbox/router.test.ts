import { describe, expect, test } from '@jest/globals';
import {
  createRouter,
  json,
  findMethods,
  route,
  text,
  type SandboxRequest,
} from '../../src/sandbox/router.js';

const routes = [
  route('GET', '/clusters', () => text(200, 'all')),
  route('GET', '/clusters/:name', (_request, { name }) => json(200, { name })),
  route('POST', '/clusters', () => text(201, 'created')),
  route('GET', '/probe', () => text(200, 'get')),
  route('HEAD', '/probe', () => text(204, '')),
  route('*', '/any', ({ method }) => text(200, method)),
];
const handle = createRouter(routes, ({ path }) => text(404, path));

const sendRequest = (method: string, path: string) => handle(request(method, path));

describe('createRouter', () => {
  test('passes decoded path parameters to the handler', async () => {
    expect((await sendRequest('GET', '/clusters/a%20b%2Fc')).body).toBe('{"name":"a b/c"}');
  });

  test('finds no route for an empty segment, an extra segment or an invalid percent encoding', async () => {
    for (const path of ['/clusters/', '/clusters/a/b', '/Clusters']) {
      expect(await sendRequest('GET', path)).toMatchObject({ status: 404, body: path });
    }
  });

  test('handles HEAD as GET', async () => {
    expect(await sendRequest('HEAD', '/clusters')).toMatchObject({ status: 200, body: 'all' });
  });

  test('prefers an explicit HEAD route', async () => {
    expect((await sendRequest('HEAD', '/probe')).status).toBe(204);
  });

  test('accepts every method on a route with method *', async () => {
    expect((await sendRequest('DELETE', '/any')).body).toBe('DELETE');
    expect((await sendRequest('HEAD', '/any')).body).toBe('HEAD');
  });

  test('findMethods returns the methods of a path', () => {
    expect(findMethods(routes, '/clusters')).toEqual(['GET', 'POST']);
    expect(findMethods(routes, '/nowhere')).toEqual([]);
  });
});

function request(method: string, path: string): SandboxRequest {
  return {
    method,
    path,
    query: new URLSearchParams(),
    headers: {},
    body: '',
    origin: 'https://localhost',
  };
}
