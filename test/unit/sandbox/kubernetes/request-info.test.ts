import { expect, test } from '@jest/globals';
import { parseRequestInfo } from '../../../../src/sandbox/kubernetes/server/request-info.js';

const parse = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?');
  const headers = {};
  const origin = 'https://localhost';
  return parseRequestInfo({
    ...{ method, path, query: new URLSearchParams(query), headers, body: '', origin },
  });
};

const resource = {
  ...{ isResource: true, group: '', version: 'v1', namespace: '', name: '', subresource: '' },
};

test.each([
  ['GET', '/api/v1/pods', { verb: 'list', resource: 'pods' }],
  ['GET', '/api/v1/pods?watch=1', { verb: 'watch', resource: 'pods' }],
  ['GET', '/api/v1/pods?watch=false', { verb: 'list', resource: 'pods' }],
  ['GET', '/api/v1/watch/pods', { verb: 'watch', resource: 'pods' }],
  ['GET', '/api/v1/nodes/a%2Fb', { verb: 'get', resource: 'nodes', name: 'a/b' }],
  ['GET', '/api/v1/namespaces', { verb: 'list', resource: 'namespaces' }],
  [
    'GET',
    '/api/v1/namespaces/a',
    { verb: 'get', resource: 'namespaces', namespace: 'a', name: 'a' },
  ],
  [
    'PUT',
    '/api/v1/namespaces/a/status',
    { verb: 'update', resource: 'namespaces', namespace: 'a', name: 'a', subresource: 'status' },
  ],
  ['POST', '/api/v1/namespaces/a/pods', { verb: 'create', resource: 'pods', namespace: 'a' }],
  [
    'POST',
    '/api/v1/namespaces/a/serviceaccounts/b/token',
    {
      verb: 'create',
      resource: 'serviceaccounts',
      namespace: 'a',
      name: 'b',
      subresource: 'token',
    },
  ],
  [
    'DELETE',
    '/apis/apps/v1/deployments',
    { verb: 'deletecollection', group: 'apps', resource: 'deployments' },
  ],
  ['HEAD', '/api/v1/nodes/a', { verb: 'get', resource: 'nodes', name: 'a' }],
  ['OPTIONS', '/api/v1/nodes', { verb: '', resource: 'nodes' }],
])('%s %s is a request for a resource', (method, url, expected) => {
  expect(parse(method, url)).toEqual({ ...resource, ...expected });
});

test.each(['/', '/version', '/api', '/api/v1', '/apis/apps/v1', '/apis/apps/'])(
  '%s does not belong to a resource',
  (path) => {
    expect(parse('HEAD', path)).toEqual({ isResource: false, verb: 'head', path });
  },
);

test('rejects paths that are not correctly encoded', () => {
  expect(parse('GET', '/api/v1/%zz')).toBeUndefined();
});
