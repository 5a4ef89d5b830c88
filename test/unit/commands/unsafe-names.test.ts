import { beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpRequest, Send } from '../../../src/http/send.js';
import { probeResponse, toResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { createUser } from '../../support/program/cli.js';
import { loginCommand } from '../../support/program/headless.js';

const user = createUser();

/** Creates a network on which only a login succeeds; other requests get a 404 response. */
function createNetwork(): { readonly send: Send; readonly requests: readonly HttpRequest[] } {
  const requests: HttpRequest[] = [];
  const send: Send = async (request) => {
    requests.push(request);
    if (request.url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
    return toResponse(request.method === 'HEAD' ? probeResponse : { status: 404 });
  };
  return { send, requests };
}

beforeAll(async () => {
  const { code } = await user.tpks(loginCommand, createNetwork());
  expect(code).toBe(0);
});

const commands = [
  'cluster NAME',
  'cluster NAME --details',
  'update-cluster NAME --tags a:b --non-interactive',
  'resize NAME -n 2 --non-interactive',
  'delete-cluster NAME --non-interactive',
  'delete-cluster NAME --prune-kubeconfig --non-interactive',
  'get-credentials NAME',
  'get-credentials dev-1 NAME',
  'wait NAME',
  'task NAME',
  'cancel-task NAME --non-interactive',
  'network-profile NAME',
  'delete-network-profile NAME --non-interactive',
  'kubernetes-profile NAME',
  'delete-kubernetes-profile NAME --non-interactive',
  'compute-profile NAME',
  'delete-compute-profile NAME --non-interactive',
  'quota NAME',
  'update-quota NAME --cpu 2',
  'delete-quota NAME --non-interactive',
  'usage NAME',
  'uaa token revoke NAME',
  'uaa token list --client NAME',
  'uaa token revoke --client NAME',
  'uaa client get NAME --meta',
  'uaa secret set NAME --secret s3cret',
  'uaa group unmap some-group NAME',
  'uaa group unmap some-group cn=x --origin NAME',
];

describe.each(commands)('tpks %s', (command) => {
  test.each(['', '.', '..'])('exits 2 for the name %j and sends nothing', async (name) => {
    const words = command.split(' ').map((word) => (word === 'NAME' ? name : word));
    const { send, requests } = createNetwork();
    const { code, stdout, stderr } = await user.tpks(words, { send });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.match(/^Error: .*/gm)).toHaveLength(1);
  });
});

test.each([
  'get-credentials dev-1 --context-name NAME',
  'get-credentials dev-1 --namespace NAME',
  'get-kubeconfig NAME -a api.example.com -u cody',
  'create-cluster NAME -e host -p small',
  'create-cluster c -e host -p NAME',
  'create-cluster c -e NAME -p small',
  'upgrade-cluster NAME --non-interactive',
  'upgrade-clusters -c NAME --non-interactive',
  'create-quota NAME --cpu 2 --memory 2 --clusters 2',
  'uaa user get NAME',
  'uaa user get --id NAME',
  'uaa user add NAME --emails a@b --password-stdin',
  'uaa user update NAME --given_name Cody',
  'uaa user delete NAME',
  'uaa user delete --id NAME',
  'uaa user unlock NAME',
  'uaa user ids NAME',
  'uaa user ids --id NAME',
  'uaa password set NAME --password-stdin',
  'uaa group get NAME',
  'uaa group add NAME',
  'uaa group delete NAME',
  'uaa group delete --id NAME',
  'uaa group map NAME --name developers',
  'uaa group map cn=x --name NAME',
  'uaa group map cn=x --id NAME',
  'uaa group unmap NAME cn=x',
  'uaa group unmap --id NAME cn=x',
  'uaa members NAME',
  'uaa member add NAME cody',
  'uaa member add developers NAME',
  'uaa member delete NAME cody',
  'uaa member delete developers NAME',
  'uaa client get NAME',
  'uaa client add NAME --secret s',
  'uaa client add app --clone NAME --secret s',
  'uaa client update NAME --scope a',
  'uaa secret add NAME --secret s',
  'uaa secret delete NAME',
  'uaa client jwt add NAME --jwks_uri https://x.test',
  'uaa client jwt delete NAME --jwks_uri *',
  'uaa idp get NAME',
  'uaa idp get --id NAME',
  'uaa token list --user NAME',
  'uaa token revoke --user NAME',
])('tpks %s exits 2 for an empty name and sends nothing', async (command) => {
  const words = command.split(' ').map((word) => (word === 'NAME' ? '' : word));
  const { send, requests } = createNetwork();
  const { code, stdout, stderr } = await user.tpks(words, { send, stdin: 'pass-word\n' });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/ (is|contains an) empty|^Error: Missing |expected one or more values/m);
});

describe.each(['curl', 'uaa curl'])('tpks %s', (command) => {
  const words = command.split(' ');

  test.each([
    '',
    ' ',
    '.',
    '..',
    '/v1/../x',
    '/v1/%2e%2E/x',
    '/v1/.',
    '/v1/clusters\n',
    '/a\tb',
    '/\u0000',
    '/v1\\..\\x',
  ])('exits 2 for the path %j and sends nothing', async (path) => {
    const { send, requests } = createNetwork();
    expect(await user.tpks([...words, path], { send })).toMatchObject({ code: 2, stdout: '' });
    expect(requests).toEqual([]);
  });

  test.each([
    'X: 漢',
    'X: a\u0000b',
    'X: a\rb: c',
    'X: a\nb: c',
    'X\n: a',
    'Ü: a',
    ': a',
    'X: \u007f',
    'Content-Length: 5',
    'transfer-encoding: chunked',
    'HOST: other.test',
    'Connection: close',
    'Trailer: X',
  ])('exits 2 for the header %j and sends nothing', async (header) => {
    const { send, requests } = createNetwork();
    const result = await user.tpks([...words, '/v1/x', '-H', header], { send });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(requests).toEqual([]);
  });

  test.each(['/', '/v1/a..b/...', '/v1/x?path=../y', 'v1/x?q=漢', '/x?q="a\\b"'])(
    'sends the path %s',
    async (path) => {
      const { send, requests } = createNetwork();
      await user.tpks([...words, path, '-H', '__proto__: ü'], { send });
      expect(requests).toHaveLength(1);
    },
  );
});
