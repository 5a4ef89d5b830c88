import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createClients } from '../../src/api/uaa/clients.js';
import { createGroups } from '../../src/api/uaa/groups.js';
import { createUsers } from '../../src/api/uaa/users.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import type { ReceivedRequest } from '../support/servers/faulty-server.js';
import { startFaultyInstallation, type FaultyInstallation } from '../support/servers/front.js';
import { readSettled } from '../support/servers/settled.js';
import { distinctServers, unique, type ContractServer } from './servers.js';

/** `kill -9` of the program between a request and its response. */
describe.each(distinctServers)('uaa apply killed with SIGKILL on %s', (_name, start) => {
  let server: ContractServer;
  let front: FaultyInstallation;
  const user = createUser();
  const stem = unique('killed');
  const runs: string[] = [];

  beforeAll(async () => {
    server = await start();
    front = await startFaultyInstallation({
      api: server.uaa,
      uaa: server.uaa,
      caPem: server.caCert,
    });
  }, 60_000);
  afterAll(async () => {
    const send = server.signed(await server.adminToken());
    for (const run of runs) {
      await createUsers(send, server.uaa).remove({ name: `erin-${run}` });
      for (const team of ['team', 'core']) {
        await createGroups(send, server.uaa).remove({ name: `${team}-${run}` });
      }
      await createClients(send, server.uaa).remove(`ci-${run}`);
    }
    await front.close();
    await server.stop();
  }, 60_000);

  const write = (run: string): string => {
    const path = join(user.home, '..', `${run}.yml`);
    writeFileSync(
      path,
      `
groups:
  team-${run}:
    members: [erin-${run}, {group: core-${run}}]
    external: [{origin: ldap, name: "cn=${run}"}]
  core-${run}: {}
users:
  erin-${run}: {emails: [erin@example.com], password_from: env:ERIN_PASSWORD}
clients:
  ci-${run}: {authorized_grant_types: [client_credentials], secret_from: env:CI_SECRET}
`,
    );
    return path;
  };

  const env = () => ({
    ...front.adminEnv,
    ERIN_PASSWORD: 'password-of-erin',
    CI_SECRET: 'secret-of-ci',
  });
  const tpks = (words: readonly string[]) => user.tpks(['uaa', ...words], { env: env() });

  const isWrite = ({ method, path }: ReceivedRequest) =>
    method !== 'GET' && !path.startsWith('/oauth/token');

  /**
   * Runs `apply` and kills it after it has sent write number `at`. Requests that were already sent
   * still reach the server: this write, and others in flight at the same time.
   */
  const killAt = async (
    index: number,
    path: string,
  ): Promise<{ readonly result: TpksResult; readonly arrived: number }> => {
    let child: ChildProcess | undefined;
    let arrived: Promise<void> | undefined;
    let writes = 0;
    front.reset();
    front.uaa.setBehaviour((request, response, reset) => {
      const isLast = isWrite(request) && (writes += 1) === index;
      if (!isLast || child === undefined) {
        front.forwardToUaa(request, response, reset);
        return;
      }
      const dead = once(child, 'exit');
      child.kill('SIGKILL');
      arrived = dead.then(() => front.forwardToUaa(request, response, reset));
    });
    const result = await user.spawn(['uaa', 'apply', '-f', path, '--yes'], {
      env: env(),
      started: (process) => (child = process),
    });
    await arrived;
    await front.waitForRequests();
    return { result, arrived: front.uaa.requests.filter(isWrite).length };
  };

  /** The exported entries of a run, with the unique part of their names replaced. */
  const readState = (run: string): Promise<unknown> =>
    server.respond ? readEntries(run) : readSettled(() => readEntries(run));

  const readEntries = async (run: string): Promise<unknown> => {
    const { stdout } = await tpks(['export']);
    const ownEntries = Object.entries(parse(stdout) as Record<string, Record<string, unknown>>).map(
      ([section, entries]) => [
        section,
        Object.entries(entries).filter(([name]) => name.endsWith(run)),
      ],
    );
    return JSON.parse(JSON.stringify(ownEntries).replaceAll(run, 'run'));
  };

  test('reaches the same state when run again after a kill, and then sends no more writes', async () => {
    const run = `${stem}-0`;
    runs.push(run);
    front.reset();
    expect(await tpks(['apply', '-f', write(run), '--yes'])).toMatchObject({ code: 0 });
    const writes = front.uaa.requests.filter(isWrite).length;
    expect(writes).toBe(7);
    const expectedState = await readState(run);

    // In a normal run, only in the middle, when some writes have been sent and others have not.
    for (const index of isNightly ? [1, 4, 7] : [4]) {
      const rerunStem = `${stem}-${String(index)}`;
      runs.push(rerunStem);
      const path = write(rerunStem);
      const { result, arrived: first } = await killAt(index, path);
      expect(result).toMatchObject({ code: null, signal: 'SIGKILL' });
      expect(first).toBeGreaterThanOrEqual(index);

      front.reset();
      expect(await tpks(['apply', '-f', path, '--yes'])).toMatchObject({ code: 0 });
      expect(front.uaa.requests.filter(isWrite)).toHaveLength(writes - first);
      expect(await readState(rerunStem)).toEqual(expectedState);

      front.reset();
      expect(await tpks(['apply', '-f', path, '--yes'])).toMatchObject({ code: 0 });
      expect(front.uaa.requests.filter(isWrite)).toEqual([]);
    }
  }, 120_000);
});
