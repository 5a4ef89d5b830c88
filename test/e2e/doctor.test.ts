import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { freePort } from '../support/servers/free-port.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import type { TestSandbox } from '../support/servers/sandbox.js';

const nodeOnly = createNodeOnly('makes the streams look like a terminal');

interface Report {
  readonly passed: boolean;
  readonly context: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly fix: string | null;
  }[];
}

let sandbox: TestSandbox;
let front: FaultyInstallation;
const cody = createUser();
const fileStore = { TPKS_STORE: 'file' };

beforeAll(async () => {
  [sandbox, front] = await startFaultySandbox();
  await front.login(cody, 'cody');
});
afterAll(() => front.close());
afterEach(() => front.reset());

/** Runs `tpks doctor --json`; without kubectl, which takes longer than all other checks, unless `env` sets PATH. */
async function diagnose(user: TestUser, env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await user.tpks(['doctor', '--json'], {
    env: { PATH: '/nowhere', ...env },
  });
  const report = JSON.parse(stdout) as Report;
  expect({ code, passed: report.passed }).toEqual({
    code: report.checks.some(({ status }) => status === 'fail') ? 1 : 0,
    passed: code === 0,
  });
  return report;
}

/** The results of one check that have this status. */
function select({ checks }: Report, name: string, status: string) {
  return checks.filter((each) => each.check === name && each.status === status);
}

test('the checks of a working installation pass, with a warning about its short-lived certificates', async () => {
  const report = await diagnose(cody, { PATH: cody.env['PATH'] ?? '' });
  expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
  for (const check of ['context', 'tcp', 'version', 'clock', 'issuer', 'session', 'files']) {
    expect(report.checks).toContainEqual(expect.objectContaining({ check, status: 'pass' }));
  }
  // The certificates of the tests are valid for 30 days.
  expect(select(report, 'tls', 'warn')).toHaveLength(2);
});

test('the text ends with the counts', async () => {
  const { stdout } = await cody.tpks(['doctor']);
  expect(stdout).toMatch(/^Network\n {2}(?:PASS|SKIP) /m);
  expect(stdout).toMatch(/\n\d+ checks passed, \d+ warnings?, \d+ skipped\n$/);
});

nodeOnly.test.each([60, 80, 120, 200])(
  'a terminal of %i columns shows only the problems',
  async (columns) => {
    const { code, stdout } = await cody.tpks(['doctor'], {
      env: { PATH: '/nowhere', NO_COLOR: '1' },
      terminalColumns: columns,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Network\n {2}WARN {2}TLS /);
    expect(stdout).toMatch(/\n\n\d+ checks passed, \d+ warnings, \d+ skipped\n$/);
    expect(stdout).not.toContain('PASS');
    // Commands and long words are not broken.
    const texts = stdout.split('\n').filter((line) => !/Fix: |\S{40}/.test(line));
    expect(texts.filter((line) => line.length > columns)).toEqual([]);
  },
);

test('without a context, the checks of servers are skipped', async () => {
  const report = await diagnose(createUser(), fileStore);
  expect(report.context).toBeNull();
  for (const check of ['context', 'dns', 'tls', 'issuer']) {
    expect(select(report, check, 'skip')).toHaveLength(1);
  }
});

test('an unknown context is a failure', async () => {
  const { code, stdout } = await cody.tpks(['doctor', '--json', '--context', 'nosuch']);
  expect(code).toBe(1);
  expect(select(JSON.parse(stdout) as Report, 'context', 'fail')).toHaveLength(1);
});

describe('tpks doctor reports', () => {
  test("a clock that differs from the servers' clocks", async () => {
    const date = new Date(Date.now() + 3600_000).toUTCString();
    front.uaa.setBehaviour((_request, response) => {
      response.sendDate = false;
      response.setHeader('date', date);
      response.end(JSON.stringify({ app: { version: '77' }, prompts: {} }));
    });
    const [failure] = select(await diagnose(cody), 'clock', 'fail');
    expect(failure?.message).toMatch(/clock is 3(59|60)\d s behind the server's$/);
    expect(failure?.fix).not.toBeNull();
  });

  test('a server that is not a PKS API', async () => {
    front.api.setBehaviour((_request, response) => {
      response.writeHead(404).end('{}');
    });
    const report = await diagnose(cody);
    expect(select(report, 'version', 'fail')).toHaveLength(1);
  });

  test('a closed port', async () => {
    const port = String(await freePort());
    const report = await diagnose(cody, {
      ...fileStore,
      TPKS_API: `https://localhost:${port}`,
      TPKS_UAA_URL: sandbox.uaa,
    });
    expect(select(report, 'tcp', 'fail')).toMatchObject([
      { message: expect.stringContaining('the connection was refused') },
    ]);
    expect(select(report, 'tls', 'skip')).toHaveLength(1);
  });

  test('a CA that did not issue the certificate', async () => {
    const report = await diagnose(cody, { TPKS_CA_CERT: sandbox.caCert });
    const failures = select(report, 'tls', 'fail');
    expect(failures).toHaveLength(2);
    expect(failures[0]?.message).toMatch(/ was not issued by the CA in TPKS_CA_CERT=.*SHA-256: /);
    expect(failures[0]?.message).toContain(`TPKS_CA_CERT=${sandbox.caCert} (CN=`);
    expect(failures[0]?.fix).toMatch(/\nunset TPKS_CA_CERT\n/);
  });

  test('the facts about a certificate below the result', async () => {
    const { stdout } = await cody.tpks(['doctor'], { env: { TPKS_CA_CERT: sandbox.caCert } });
    expect(stdout).toMatch(
      /\n {2}FAIL {2}TLS {9}The certificate of 127\.0\.0\.1:\d+ was not issued by [^\n]*\)\n {8}Issuer: {6}CN=Test CA\n(?: {8}.*\n)+ {8}Fix: /,
    );
  });

  test('an unusable file in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS', async () => {
    const folder = createUser().env['HOME'] ?? '';
    const text = join(folder, 'text.pem');
    writeFileSync(text, 'no certificate');
    const problems = [
      ['SSL_CERT_FILE', join(folder, 'missing.pem'), 'no such file or directory'],
      ['SSL_CERT_FILE', folder, 'it is a directory, not a regular file'],
      ['NODE_EXTRA_CA_CERTS', text, 'it does not contain a PEM certificate'],
    ] as const;
    for (const [name, path, reason] of problems) {
      expect(select(await diagnose(cody, { [name]: path }), 'caFiles', 'warn')).toEqual([
        {
          check: 'caFiles',
          status: 'warn',
          message: `Cannot use ${path} (set in ${name}): ${reason}`,
          fix: `set ${name} to a PEM file of CAs, or unset it: unset ${name}`,
        },
      ]);
    }
    for (const name of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      const usable = await diagnose(cody, { [name]: sandbox.caCert });
      expect(select(usable, 'caFiles', 'pass')).toHaveLength(1);
    }
  });

  test.each([
    [
      'that has expired',
      'expired',
      '127.0.0.1',
      {
        message: expect.stringMatching(/ expired on 20/),
        fix: expect.stringMatching(/check the clock of this machine.*a valid certificate\n/),
      },
    ],
    [
      'without a subject alternative name',
      'commonName',
      'localhost',
      {
        message: expect.stringContaining('has no subject alternative name'),
        fix: expect.stringContaining('ask the operator of the server for a certificate'),
      },
    ],
  ] as const)('a certificate %s', async (_problem, certificate, host, failure) => {
    const server = createServer(front.certificates[certificate]).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const report = await diagnose(createUser(), {
      ...fileStore,
      TPKS_UAA_URL: `https://${host}:${String(port)}`,
      TPKS_CA_CERT: front.caCert,
    });
    server.close();
    expect(select(report, 'tls', 'fail')).toMatchObject([failure]);
  });

  test('a proxy that is not running, without its password', async () => {
    const port = String(await freePort());
    const env = {
      ...fileStore,
      TPKS_API: 'api.example.com',
      HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${port}`,
    };
    const report = await diagnose(createUser(), env);
    const failures = select(report, 'tcp', 'fail');
    // The same for both servers.
    expect(failures).toHaveLength(1);
    expect(failures[0]?.fix).toContain('unset HTTPS_PROXY');
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  test('a missing keychain', async () => {
    const report = await diagnose(createUser());
    expect(select(report, 'keychain', 'fail')).toMatchObject([
      { fix: expect.stringContaining('--store file') },
    ]);
  });

  test('a missing keychain only once, if the session is in it', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    const config = join(user.home, 'config.json');
    const text = readFileSync(config, 'utf8').replace('"store": "file"', '"store": "keychain"');
    writeFileSync(config, text);
    const report = await diagnose(user);
    const failures = report.checks.filter(({ status }) => status === 'fail');
    expect(failures.map(({ check }) => check)).toEqual(['keychain']);
    expect(select(report, 'session', 'skip')).toMatchObject([
      { message: 'cody@localhost: not checked, because the keychain cannot be used' },
    ]);
  });

  test('a key and a uaac file that other users can read', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    const key = user.files().find((file) => file.endsWith('.key')) ?? '';
    const uaac = join(user.env['HOME'] ?? '', '.uaac.yml');
    writeFileSync(uaac, '--- {}\n', { mode: 0o644 });
    chmodSync(join(user.home, key), 0o644);
    const report = await diagnose(user, { UAAC_HOME: user.env['HOME'] ?? '' });
    expect(select(report, 'files', 'fail')).toMatchObject([
      { fix: expect.stringMatching(/^chmod 600 /) },
    ]);
    expect(select(report, 'plainText', 'fail')).toMatchObject([{ fix: `chmod 600 '${uaac}'` }]);
  });

  test('a lock of a process that has ended', async () => {
    const user = createUser();
    mkdirSync(user.home, { recursive: true, mode: 0o700 });
    const { pid } = spawnSync('true');
    const host = spawnSync('readlink', ['/proc/self/ns/pid']).stdout.toString().trim();
    const owner = { pid, startTime: '1', host: `${hostname()} ${host}`, id: 'x' };
    const path = join(user.home, 'config.lock');
    writeFileSync(path, JSON.stringify(owner), { mode: 0o600 });
    expect(select(await diagnose(user, fileStore), 'locks', 'warn')).toMatchObject([
      { fix: `rm '${path}'` },
    ]);
  });

  test('a link that the original hides, and a kubectl that fails', async () => {
    const user = createUser();
    const folder = join(user.env['HOME'] ?? '', 'originals');
    mkdirSync(folder);
    for (const name of ['pks', 'kubectl']) {
      writeFileSync(join(folder, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    }
    const links = join(user.link('pks'), '..');
    const report = await diagnose(user, { ...fileStore, PATH: `${folder}:${links}:/usr/bin:/bin` });
    expect(select(report, 'links', 'warn')).toContainEqual(
      expect.objectContaining({ fix: `export PATH=${links}:$PATH` }),
    );
    expect(select(report, 'kubectl', 'fail')).toHaveLength(1);
  });
});

test('a separate process exits in time, with completion loaded in its shell', async () => {
  const links = join(cody.link('tpks'), '..');
  const script = 'eval "$(tpks completion bash)"; tpks doctor --json; exit $?';
  const { stdout } = spawnSync('bash', ['-c', script], {
    env: { ...cody.env, PATH: `${links}:${cody.env['PATH'] ?? ''}` },
    timeout: 30_000,
  });
  const report = JSON.parse(stdout.toString()) as Report;
  expect(select(report, 'completion', 'pass')).toMatchObject([{ message: 'loaded in bash' }]);
});
