import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ExpiryRow } from '../../src/domain/expiry/report.js';
import { parseCsv } from '../support/checks/csv.js';
import { jwt } from '../support/fixtures/jwt.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { respond, startFaultyServer, type FaultyServer } from '../support/servers/faulty-server.js';
import { freePort } from '../support/servers/free-port.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

// The certificates of the servers expire in 30 days.

let front: FaultyInstallation;
let cluster: FaultyServer;
let deadPort: number;
const cody = createUser();
const context = 'cody@127.0.0.1';

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  cluster = await startFaultyServer(front.certificates.expired);
  deadPort = await freePort();
  await front.login(cody, 'cody');
  serveClusters(cluster.port);
});
afterAll(async () => {
  await cluster.close();
  await front.close();
});
afterEach(() => serveClusters(cluster.port));

/** Makes the API list one cluster for each port. */
function serveClusters(...ports: readonly unknown[]): void {
  front.reset();
  const clusters = ports.map((port, index) => ({
    name: `dev-${String(index + 1)}`,
    parameters: { kubernetes_master_host: '127.0.0.1', kubernetes_master_port: port },
  }));
  front.api.setBehaviour(respond({ body: clusters }));
}

async function list(user: TestUser, ...flags: string[]) {
  const { code, stdout, stderr } = await user.tpks(['expiry', '--json', ...flags]);
  const rows = stdout === '' ? [] : (JSON.parse(stdout) as readonly ExpiryRow[]);
  return { code, stderr, rows, roles: rows.map(({ role }) => role) };
}

const day = 86_400;
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

test('lists certificates, CAs and sessions by date, including expired and opaque ones', async () => {
  await cody.changeSession(context, { refreshToken: 'opaque' });
  const { code, stderr, rows } = await list(cody);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const installation = `127.0.0.1:${String(front.api.port)}`;
  const name = `127.0.0.1:${String(cluster.port)}`;
  const row = { kind: 'certificate', installation, note: null, problem: null };
  const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/);
  expect(rows[0]).toEqual({
    ...row,
    ...{ role: 'cluster', name: 'dev-1', server: name, expiresAt: date, daysLeft: -3 },
  });
  expect(rows.slice(1, 3)).toContainEqual({
    ...row,
    ...{ role: 'api', name: installation, server: installation, expiresAt: date, daysLeft: 29 },
  });
  expect(rows.slice(3)).toEqual([
    expect.objectContaining({ role: 'ca', name: 'CN=Test CA', note: `stored for ${context}` }),
    expect.objectContaining({
      ...{ kind: 'session', role: 'context', name: context, expiresAt: null, daysLeft: null },
      note: 'the refresh token does not contain its expiry',
    }),
  ]);
});

test('sends no request except for the list of clusters', async () => {
  front.uaa.clearRequests();
  cluster.clearRequests();
  await list(cody);
  const paths = front.api.requests.map(({ path }) => path);
  expect({ paths, uaa: front.uaa.requests, cluster: cluster.requests }).toEqual({
    ...{ paths: ['/v1/clusters'], uaa: [], cluster: [] },
  });
});

test('lists servers that do not respond last, and exits with 5', async () => {
  serveClusters(cluster.port, deadPort, 'x/@evil');
  const { code, stderr, rows } = await list(cody);
  expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining(': dev-2"') });
  expect(rows.at(-1)).toMatchObject({ name: 'dev-2', problem: 'the connection was refused' });
  expect(rows.at(-2)).toMatchObject({ name: 'dev-3', note: 'the API returned no address' });
  expect(rows).toHaveLength(7);
});

test('--exit-code exits with 3 if something expires soon, even if a server does not respond', async () => {
  serveClusters(deadPort);
  const run = async (days: number) =>
    (await list(cody, '--exit-code', '--days', String(days))).code;
  expect([await run(20), await run(30)]).toEqual([5, 3]);
  const text = await cody.tpks(['expiry', '--exit-code']);
  expect(text.stderr).toBe('Warning: Cannot read 1 of 5 dates: dev-1\n');
});

test('--exit-code and the errors depend only on the rows that --filter selects', async () => {
  serveClusters(deadPort);
  const run = async (filter: string) => (await list(cody, '--exit-code', '--filter', filter)).code;
  expect([await run('kind=session'), await run('role=api')]).toEqual([0, 3]);
});

test('an ended session is listed in a row, together with the certificates', async () => {
  const user = createUser();
  await front.login(user, 'cody');
  serveClusters(cluster.port);
  await user.changeSession(context, {
    expiresAt: new Date(Date.now() - 3 * day * 1000).toISOString(),
    refreshRejectedAt: new Date(Date.now() - 2.5 * day * 1000).toISOString(),
  });
  const { code, rows, roles } = await list(user);
  expect({ code, roles: [...roles].sort() }).toEqual({
    code: 4,
    roles: ['api', 'ca', 'cluster', 'context', 'uaa'],
  });
  expect(rows[0]).toMatchObject({ role: 'context', daysLeft: -3 });
  expect(rows.at(-1)).toMatchObject({
    name: `clusters of ${context}`,
    problem: expect.stringContaining('has ended'),
  });
  const { stdout } = await user.tpks(['expiry', '--columns', 'name,in']);
  expect(stdout).toMatch(/^cody@127\.0\.0\.1 +expired 2 days ago$/m);
});

test('the clusters are not listed if the API does not respond', async () => {
  const user = createUser();
  const [, other] = await startFaultySandbox();
  await other.login(user, 'cody');
  await other.api.close();
  const { code, rows, roles } = await list(user);
  await other.close();
  expect(code).toBe(5);
  expect(roles).toContain('uaa');
  const api = rows.find(({ role }) => role === 'api');
  expect(rows.find(({ role }) => role === 'cluster')?.problem).toBe(
    `not listed, because ${api?.name ?? ''} does not respond`,
  );
});

test('--all-contexts includes the sessions and servers of other installations', async () => {
  const user = createUser();
  const [sandbox, other] = await startFaultySandbox();
  await sandbox.login(user, 'cody', ['--name', 'first']);
  await front.login(user, 'alana', ['--name', 'second']);
  const refreshToken = jwt({ exp: secondsFromNow(12.5 * day) });
  await user.changeSession('first', { refreshToken });
  serveClusters(cluster.port);
  const own = await list(user);
  const all = await list(user, '--all-contexts');
  await other.close();
  expect(own.rows.filter(({ kind }) => kind === 'session')).toHaveLength(1);
  expect(all.rows.filter(({ role }) => role === 'uaa')).toHaveLength(2);
  expect(all.rows).toContainEqual(
    expect.objectContaining({ role: 'context', name: 'first', daysLeft: 12, note: null }),
  );
});

test('prints dates with -o csv, and names with -o name', async () => {
  const { stdout } = await cody.tpks(['expiry', '-o', 'csv']);
  const [head = [], first = []] = parseCsv(stdout);
  expect(head).toEqual('Name,Kind,Role,Expires,In,Note,Installation,Server'.split(','));
  expect(first.slice(0, 5)).toEqual([
    ...['dev-1', 'certificate', 'cluster', expect.stringMatching(/Z$/), 'expired 2 days ago'],
  ]);
  expect((await cody.tpks(['expiry', '-o', 'name'])).stdout).toMatch(/^dev-1\n/);
});

test.each([[[]], [['--all-contexts']]])('without a context, exits with 4: %j', async (flags) => {
  expect(await createUser().tpks(['expiry', ...flags])).toMatchObject({
    ...{ code: 4, stdout: '', stderr: expect.stringContaining('Hint: ') },
  });
});
