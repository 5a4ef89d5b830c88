import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { spawnProgram, type RunningProgram } from '../support/program/program.js';
import { bin } from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import { rawRequest, type RawResponse } from '../support/servers/raw-request.js';
import { createRandom } from './seed.js';

/** `kill -9` of `tpks sandbox --dir` while 16 requests are in flight. */

const rounds = isNightly ? 6 : 2;
const inFlight = 16;
/** The sandbox saves every 200 ms; a busy machine may delay it. */
const savedWithinMilliseconds = 1000;
const folder = mkdtempSync(join(tmpdir(), 'tpks-faults-'));
const random = createRandom('sandbox-kills');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface RunningSandbox {
  readonly program: RunningProgram;
  readonly call: (
    method: string,
    path: string,
    json?: unknown,
  ) => Promise<Pick<RawResponse, 'status' | 'json'>>;
}

async function start(): Promise<RunningSandbox> {
  const ports = ['--api-port', '0', '--uaa-port', '0'];
  const program = spawnProgram(bin, ['sandbox', '--json', ...ports, '--dir', folder]);
  const { uaa, caCert } = JSON.parse(await program.line()) as { uaa: string; caCert: string };
  const ca = readFileSync(caCert, 'utf8');
  const grant = { grant_type: 'client_credentials', client_id: 'admin' };
  const granted = await rawRequest({
    url: `${uaa}/oauth/token`,
    ca,
    form: { ...grant, client_secret: 'adminsecret' },
  });
  const bearer = String(granted.json()['access_token']);
  return {
    program,
    call: (method, path, json) => rawRequest({ method, url: `${uaa}${path}`, ca, bearer, json }),
  };
}

/** What the server has acknowledged, by user id, and when. */
type Acknowledged = Map<
  string,
  { readonly state: 'created' | 'deletion sent' | 'deleted'; readonly time: number }
>;

const user = (name: string) => ({
  userName: name,
  name: { givenName: 'Erin', familyName: 'Example' },
  emails: [{ value: `${name}@example.com` }],
  password: `${name}-password`,
});

/** Creates users and members and deletes some of them, until the server is gone. */
async function writeUntilKilled(
  { call }: RunningSandbox,
  group: string,
  stem: string,
  acknowledged: Acknowledged,
): Promise<void> {
  let next = 0;
  const note = (id: string, state: 'created' | 'deletion sent' | 'deleted') =>
    acknowledged.set(id, { state, time: performance.now() });
  const lane = async (): Promise<void> => {
    for (;;) {
      const created = await call('POST', '/Users', user(`${stem}-${String(next++)}`));
      expect(created.status).toBe(201);
      const id = String(created.json()['id']);
      note(id, 'created');
      await call('POST', `/Groups/${group}/members`, { value: id });
      if (next % 3 !== 0) continue;
      note(id, 'deletion sent');
      await call('DELETE', `/Users/${id}`);
      note(id, 'deleted');
    }
  };
  const lanes = Array.from({ length: inFlight }, lane);
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) {
    // The kill causes connection errors; anything else is a failed expectation.
    const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
    if (typeof reason !== 'object' || reason === null || !('code' in reason)) throw reason;
  }
}

async function idsIn(sandbox: RunningSandbox): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let startIndex = 1; ; startIndex += 500) {
    const page = await sandbox.call(
      'GET',
      `/Users?attributes=id&count=500&startIndex=${String(startIndex)}`,
    );
    const { resources } = page.json() as { resources: { id: string }[] };
    for (const { id } of resources) ids.add(id);
    if (resources.length === 0) return ids;
  }
}

test(`${String(rounds)} kills lose only the latest writes and leave no partial deletion`, async () => {
  const acknowledged: Acknowledged = new Map();
  let sandbox = await start();
  const { json } = await sandbox.call('POST', '/Groups', { displayName: 'team' });
  const group = String(json()['id']);
  for (let round = 0; round < rounds; round += 1) {
    const { program } = sandbox;
    const writing = writeUntilKilled(sandbox, group, `round-${String(round)}`, acknowledged);
    await sleep(savedWithinMilliseconds * (1 + random()));
    const savedUntil = performance.now() - savedWithinMilliseconds;
    await program.kill();
    await writing;

    sandbox = await start();
    const users = await idsIn(sandbox);
    for (const [id, { state, time }] of acknowledged) {
      if (time > savedUntil || state === 'deletion sent') acknowledged.delete(id);
      else expect([id, users.has(id)]).toEqual([id, state === 'created']);
    }
    const groupResponse = await sandbox.call('GET', `/Groups/${group}`);
    const members = groupResponse.json()['members'] as { value: string }[];
    expect(members.filter(({ value }) => !users.has(value))).toEqual([]);
  }
  await sandbox.program.kill();
  expect(acknowledged.size).toBeGreaterThan(rounds);
}, 120_000);
