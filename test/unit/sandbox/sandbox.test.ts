import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listen } from '../../../src/sandbox/listen.js';
import { json } from '../../../src/sandbox/router.js';
import { startSandbox } from '../../../src/sandbox/sandbox.js';
import { freePort } from '../../support/servers/free-port.js';
import { readLog, runSandbox, temporaryFolder, type RawResponse } from './running-sandbox.js';

describe('startSandbox', () => {
  test('returns the URLs, users and clients', async () => {
    const { api, uaa, caCert, caPem, users, clients } = await runSandbox();
    expect(api).toMatch(/^https:\/\/localhost:\d+$/);
    expect(uaa).toMatch(/^https:\/\/localhost:\d+$/);
    expect(readFileSync(caCert, 'utf8')).toBe(caPem);
    expect(users).toEqual([
      { name: 'alana', password: 'alana-password', scopes: ['pks.clusters.admin'] },
      { name: 'cody', password: 'cody-password', scopes: ['pks.clusters.manage'] },
      { name: 'naomi', password: 'naomi-password', scopes: ['pks.clusters.admin.read'] },
      { name: 'dana', password: 'dana-password', scopes: [] },
    ]);
    expect(clients).toContainEqual({ id: 'admin', secret: 'adminsecret' });
    expect(clients).toContainEqual({ id: 'pks_cli', secret: '' });
  });

  test('lists the clusters that each identity may see', async () => {
    const { send, fetchToken, fetchAdminToken } = await runSandbox();
    const seenWith = async (bearer: string) => names(await send('/v1/clusters', { bearer }));
    const all = ['prod-1', 'prod-2', 'dev-1', 'dev-2', 'dev-3'];
    expect(await seenWith(await fetchToken('alana'))).toEqual(all);
    expect(await seenWith(await fetchToken('naomi'))).toEqual(all);
    expect(await seenWith(await fetchToken('cody'))).toEqual(['dev-1', 'dev-2', 'dev-3']);
    expect(await seenWith(await fetchAdminToken())).toEqual(all);
    const forbidden = await send('/v1/clusters', { bearer: await fetchToken('dana') });
    expect(forbidden.status).toBe(403);
    const details = await send('/v1/clusterdetails/dev-1', { bearer: await fetchToken('cody') });
    expect(details.json()).toHaveProperty(
      'parameters.kubernetes_setting_plan_details.kubelet_drain_grace_period',
      '10',
    );
  });

  test('rejects a token of another UAA', async () => {
    const [one, other] = [await runSandbox(), await runSandbox()];
    const { status, text } = await one.send('/v1/clusters', {
      bearer: await other.fetchToken('cody'),
    });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ error: 'invalid_token' });
  });

  test('expires tokens and finishes operations according to its own clock', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { send, fetchToken } = await runSandbox({
      now: () => now,
      tokenSeconds: 5,
      provisionSeconds: 60,
    });
    const bearer = await fetchToken('cody');
    const state = async (token: string) =>
      (await send('/v1/clusters/dev-2', { bearer: token })).json()['last_action_state'];
    expect(await state(bearer)).toBe('in progress');
    now += 61_000;
    const stale = await send('/v1/clusters/dev-2', { bearer });
    expect(stale.status).toBe(401);
    expect(stale.json()).toEqual({
      error: 'invalid_token',
      error_description: 'Token has expired',
    });
    expect(await state(await fetchToken('cody'))).toBe('succeeded');
  });

  test('supports a clock that is wrong by a day', async () => {
    const day = 86_400;
    const { send, login } = await runSandbox({ clockOffsetSeconds: -day });
    const response = await login('cody');
    const ahead = Date.parse(response.headers['date'] ?? '') - Date.now();
    expect(Math.abs(ahead + day * 1000)).toBeLessThan(5000);
    const bearer = String(response.json()['access_token']);
    expect((await send('/actuator/info', { method: 'HEAD', bearer })).status).toBe(200);
  });

  test('rejects clients that do not trust its CA or do not use TLS', async () => {
    const { api } = await runSandbox();
    await expect(fetch(`${api}/actuator/health`)).rejects.toMatchObject({
      cause: { code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED/) },
    });
    await expect(fetch(`${api.replace('https', 'http')}/actuator/health`)).rejects.toThrow();
  });
});

describe('the request log of a sandbox', () => {
  test('records the requests of all servers in the order of their responses', async () => {
    const log = join(temporaryFolder(), 'log.jsonl');
    const { send, fetchToken } = await runSandbox({ log });
    const bearer = await fetchToken('cody');
    await send('/actuator/info', { method: 'HEAD', bearer });
    await send('/v1/clusters?password=x', { bearer });
    const output = readLog(log).map(({ server, method, path, status, grant, client }) =>
      [server, method, path, status, grant, client].join(' '),
    );
    expect(output).toEqual([
      'uaa POST /oauth/token 200 password pks_cli',
      'uaa POST /check_token 200  pks_client',
      'api HEAD /actuator/info 200  pks_cli',
      'uaa POST /check_token 200  pks_client',
      'api GET /v1/clusters 200  pks_cli',
    ]);
  });

  test('records the requests that do not use the network', async () => {
    const log = join(temporaryFolder(), 'log.jsonl');
    const { uaa, respondAsUaa, sendToUaa } = await runSandbox({ log });
    const { host } = new URL(uaa);
    const internal = await respondAsUaa?.({
      ...{ method: 'GET', url: '/info?x=1', headers: { host, accept: 'application/json' } },
      body: Buffer.alloc(0),
    });
    const external = await sendToUaa('/info?x=1', { headers: { accept: 'application/json' } });
    expect(internal).toMatchObject({ status: 200, body: external.text });
    expect(readLog(log).map(({ server, path }) => [server, path])).toEqual([
      ['uaa', '/info'],
      ['uaa', '/info'],
    ]);
  });

  test('contains no password, secret or token', async () => {
    const log = join(temporaryFolder(), 'log.jsonl');
    const { send, sendToUaa, login, fetchAdminToken, pksClientSecret } = await runSandbox({ log });
    const tokens = (await login('cody')).json();
    const access = String(tokens['access_token']);
    const refresh = String(tokens['refresh_token']);
    const admin = await fetchAdminToken();
    await send('/v1/clusters', { bearer: access });
    await sendToUaa(`/check_token?token=${access}`, { basic: ['pks_client', pksClientSecret] });
    await sendToUaa('/oauth/token', {
      form: {
        grant_type: 'refresh_token',
        refresh_token: refresh,
        client_id: 'pks_cli',
        client_secret: '',
      },
    });
    await sendToUaa('/Users', {
      bearer: admin,
      json: { userName: 'x', password: 'cody-password' },
    });
    const content = readFileSync(log, 'utf8');
    expect(readLog(log).length).toBe(7);
    for (const secret of [access, refresh, admin, pksClientSecret, 'adminsecret']) {
      for (const shape of [...secret.split('.'), Buffer.from(secret).toString('base64')]) {
        expect(content).not.toContain(shape);
      }
    }
    expect(content).not.toContain('cody-');
  });
});

describe('a sandbox with an external UAA', () => {
  test('checks tokens at that UAA and does not start its own', async () => {
    const theirs = await runSandbox();
    const log = join(temporaryFolder(), 'log.jsonl');
    const ours = await runSandbox({
      uaa: `${theirs.uaa}/`,
      uaaCa: theirs.caCert,
      pksClientSecret: theirs.pksClientSecret,
      log,
    });
    expect(ours).toMatchObject({ uaa: theirs.uaa, users: [], clients: [] });
    expect(ours.respondAsUaa).toBeUndefined();
    const bearer = await theirs.fetchToken('cody');
    expect(names(await ours.send('/v1/clusters', { bearer }))).toEqual(['dev-1', 'dev-2', 'dev-3']);
    expect(readLog(log).map(({ server }) => server)).toEqual(['api']);
  });

  test('writes one CA file for both servers', async () => {
    const theirs = await runSandbox();
    const { uaa, uaaCa, pksClientSecret } = {
      uaa: theirs.uaa,
      uaaCa: theirs.caPem,
      pksClientSecret: theirs.pksClientSecret,
    };
    const ours = await runSandbox({ uaa, uaaCa, pksClientSecret });
    expect(readFileSync(ours.caCert, 'utf8')).toBe(ours.caPem);
    expect((await ours.login('cody')).status).toBe(200);
    expect((await ours.send('/actuator/health')).status).toBe(200);
  });

  test('does not start if the certificate of the UAA is not trusted', async () => {
    const [theirs, others] = [await runSandbox(), await runSandbox()];
    const { uaa, pksClientSecret } = theirs;
    for (const uaaCa of [undefined, others.caPem]) {
      const start = startSandbox({ apiPort: 0, uaa, uaaCa, pksClientSecret });
      await expect(start).rejects.toMatchObject({
        kind: 'untrusted',
        message: expect.stringMatching(/^Cannot connect to --uaa https:.*: .*certificate/),
        advice: `check the address and the CA certificate of the UAA: tpks sandbox --uaa ${uaa} --uaa-ca FILE`,
      });
    }
  });

  test('does not start if the secret of pks_client is wrong', async () => {
    const { uaa, caPem: uaaCa } = await runSandbox();
    await expect(startSandbox({ apiPort: 0, uaa, uaaCa })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: `The UAA ${uaa} rejected the client pks_client, its secret or its authorities`,
      advice: expect.stringContaining('tpks uaa secret set pks_client -s pks_client-secret'),
    });
  });

  test('does not start if pks_client is not allowed to check tokens', async () => {
    const theirs = await runSandbox();
    const { uaa, caPem: uaaCa, pksClientSecret } = theirs;
    const change = { method: 'PUT', bearer: await theirs.fetchAdminToken() };
    const json = { client_id: 'pks_client', authorities: ['uaa.none'] };
    const grants = { authorized_grant_types: ['client_credentials'] };
    const changed = { ...change, json: { ...json, ...grants } };
    expect((await theirs.sendToUaa('/oauth/clients/pks_client', changed)).status).toBe(200);
    const start = startSandbox({ apiPort: 0, uaa, uaaCa, pksClientSecret });
    await expect(start).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  test('does not start if nothing listens at the URL', async () => {
    const uaa = `http://localhost:${String(await freePort())}`;
    await expect(startSandbox({ apiPort: 0, uaa })).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^Cannot connect to --uaa http:.*ECONNREFUSED/),
    });
  });

  test.each([
    [404, 'failed'],
    [503, 'unavailable'],
  ])('does not start if the UAA responds with status %i', async (status, kind) => {
    const { origin, close } = await listen({
      ...{ port: 0, now: Date.now },
      createHandler: () => async () => json(status, {}),
    });
    await expect(startSandbox({ apiPort: 0, uaa: origin })).rejects.toMatchObject({
      kind,
      message: `The UAA ${origin} responded to /check_token with status ${String(status)}`,
    });
    await close();
  });

  test('responds with 500 if the secret of pks_client is changed later', async () => {
    const theirs = await runSandbox();
    const { uaa, caPem: uaaCa, pksClientSecret } = theirs;
    const ours = await runSandbox({ uaa, uaaCa, pksClientSecret });
    const bearer = await theirs.fetchAdminToken();
    const changed = { method: 'PUT', bearer, json: { secret: 'other' } };
    expect((await theirs.sendToUaa('/oauth/clients/pks_client/secret', changed)).status).toBe(200);
    const { status } = await ours.send('/v1/clusters', { bearer: await theirs.fetchToken('cody') });
    expect(status).toBe(500);
  });

  test('names the invalid URL or the unreadable CA file', async () => {
    await expect(startSandbox({ apiPort: 0, uaa: 'uaa.example.com' })).rejects.toThrow(
      '--uaa must be a URL such as https://uaa.example.com:8443, not uaa.example.com',
    );
    const path = join(temporaryFolder(), 'no-such.pem');
    await expect(
      startSandbox({ apiPort: 0, uaa: 'https://uaa.example.com', uaaCa: path }),
    ).rejects.toThrow(`Cannot read the --uaa-ca file: ${path}`);
  });

  test('does not read pipes and devices', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const uaaCa of [pipe, '/dev/zero']) {
      await expect(
        startSandbox({ apiPort: 0, uaa: 'https://uaa.example.com', uaaCa }),
      ).rejects.toThrow(`Cannot read the --uaa-ca file: ${uaaCa}`);
    }
    const dir = join(folder, 'state');
    mkdirSync(dir);
    symlinkSync('/dev/zero', join(dir, 'state.json'));
    await expect(startSandbox({ apiPort: 0, uaaPort: 0, dir })).rejects.toThrow(
      'state.json is not a regular file',
    );
  });
});

describe('starting and closing a sandbox', () => {
  test('keeps the certificates when it restarts in the same folder', async () => {
    const dir = join(temporaryFolder(), 'certificates');
    const first = await startSandbox({ apiPort: 0, uaaPort: 0, dir });
    await first.close();
    const second = await runSandbox({ dir });
    expect(second.caPem).toBe(first.caPem);
    expect((await second.login('cody')).status).toBe(200);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(readdirSync(dir).sort()).toEqual([
      'ca-key.pem',
      'ca.pem',
      'sandbox.lock',
      'server-key.pem',
      'server.pem',
      'state.json',
    ]);
  });

  test('keeps sessions when it restarts in the same folder and on the same ports', async () => {
    const dir = join(temporaryFolder(), 'sandbox');
    const first = await runSandbox({ dir });
    const bearer = await first.fetchToken('cody');
    const [apiPort, uaaPort] = [first.api, first.uaa].map((url) => Number(new URL(url).port));
    await first.close();
    const { send } = await runSandbox({ dir, apiPort, uaaPort });
    expect(names(await send('/v1/clusters', { bearer }))).toEqual(['dev-1', 'dev-2', 'dev-3']);
  });

  test('unlocks a folder with data that it cannot read', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'state.json'), '{}');
    await expect(startSandbox({ apiPort: 0, uaaPort: 0, dir })).rejects.toThrow('Cannot read');
    expect(readdirSync(dir)).toEqual(['state.json']);
  });

  test('deletes its files on close if no folder is given', async () => {
    const { caCert, close } = await startSandbox({ apiPort: 0, uaaPort: 0 });
    expect(dirname(dirname(caCert))).toBe(tmpdir());
    expect(existsSync(caCert)).toBe(true);
    await Promise.all([close(), close()]);
    expect(existsSync(dirname(caCert))).toBe(false);
  });

  test.each([
    ['apiPort', '--api-port'],
    ['uaaPort', '--uaa-port'],
  ] as const)('reports an %s that is in use and closes what it opened', async (option, flag) => {
    const taken = await runSandbox();
    const port = Number(new URL(taken.api).port);
    const free = await startSandbox({ apiPort: 0, uaaPort: 0 });
    const [freeApi, freeUaa] = [free.api, free.uaa].map((url) => Number(new URL(url).port));
    await free.close();
    const dir = temporaryFolder();
    const ports = { apiPort: freeApi, uaaPort: freeUaa };
    await expect(startSandbox({ ...ports, dir, [option]: port })).rejects.toThrow(
      `Port ${String(port)} is already in use; choose another with ${flag}`,
    );
    // The other port, which may have been opened before the failure, is free again.
    await (await startSandbox({ ...ports, dir })).close();
  });

  test('rejects a folder with certificates that the sandbox did not create', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'ca.pem'), 'something');
    await expect(startSandbox({ apiPort: 0, uaaPort: 0, dir })).rejects.toMatchObject({
      message: `${dir} contains certificates that tpks sandbox did not create`,
      advice: 'use another folder: tpks sandbox --dir PATH',
    });
  });

  test('replaces empty certificates, which a full disk can leave', async () => {
    const dir = temporaryFolder();
    for (const name of ['ca.pem', 'ca-key.pem']) writeFileSync(join(dir, name), '');
    const { login } = await runSandbox({ dir });
    expect((await login('cody')).status).toBe(200);
  });

  test('rejects a folder that another sandbox uses', async () => {
    const dir = temporaryFolder();
    const { login } = await runSandbox({ dir });
    await expect(startSandbox({ apiPort: 0, uaaPort: 0, dir })).rejects.toThrow(
      `The folder ${dir} is in use by another sandbox`,
    );
    expect((await login('cody')).status).toBe(200);
  });

  test('does not wait on close for clients that keep a connection open', async () => {
    const { api, caPem, close } = await startSandbox({ apiPort: 0, uaaPort: 0 });
    const sent = request(`${api}/actuator/health`, { ca: caPem, method: 'POST' });
    const exit = new Promise((resolve) => sent.once('error', resolve));
    sent.flushHeaders();
    await new Promise((resolve) => sent.once('socket', (s) => s.once('secureConnect', resolve)));
    await close();
    await exit;
  });
});

function names({ text }: RawResponse): unknown[] {
  return (JSON.parse(text) as { name: unknown }[]).map(({ name }) => name);
}
