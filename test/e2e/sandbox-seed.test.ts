import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser } from '../support/program/cli.js';
import { programWords } from '../support/program/spawned.js';
import { rawRequest } from '../support/servers/raw-request.js';

const folder = fileFolder();
const operator = createUser();
const secrets = { ZOE_PASSWORD: 'zoe-password', REPORTS_SECRET: 'reports-secret' };
const accessFile = `
groups:
  reports.read: { members: [zoe] }
users:
  zoe: { emails: [zoe@example.com], password_from: 'env:ZOE_PASSWORD' }
clients:
  reports:
    authorized_grant_types: [password, refresh_token]
    scope: [reports.read]
    secret_from: env:REPORTS_SECRET
`;
const ports = ['--api-port', '0', '--uaa-port', '0'];

interface ReadySandbox {
  readonly uaa: string;
  readonly caCert: string;
}

/** Runs a function with a sandbox in a separate process, and returns the text on stderr. */
async function withSandbox(
  options: readonly string[],
  use: (ready: ReadySandbox) => Promise<void>,
  stdin = '',
): Promise<string> {
  const [command, ...args] = programWords();
  const child = spawn(command, [...args, 'sandbox', ...ports, '--json', ...options], {
    env: { ...operator.env, ...secrets },
    cwd: folder.path,
  });
  const closed = once(child, 'close');
  child.stdin.end(stdin);
  let note = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (note += text));
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    await use(JSON.parse(line) as ReadySandbox);
  } finally {
    child.kill('SIGINT');
    await closed;
  }
  return note;
}

/** Gets the scope of a token for zoe. */
async function requestScope({ uaa, caCert }: ReadySandbox): Promise<unknown> {
  const { status, json } = await rawRequest({
    url: `${uaa}/oauth/token`,
    ca: readFileSync(caCert, 'utf8'),
    basic: ['reports', secrets.REPORTS_SECRET],
    form: { grant_type: 'password', username: 'zoe', password: secrets.ZOE_PASSWORD },
  });
  return { status, scope: json()['scope'] };
}

const zoeScope = { status: 200, scope: 'reports.read' };

describe('sandbox --seed', () => {
  test('creates the accounts first, and later changes only what differs from the file', async () => {
    const file = folder.write('access.yml', accessFile);
    const dir = ['--dir', join(folder.path, 'data')];
    const use = async (ready: ReadySandbox) => {
      expect(await requestScope(ready)).toEqual(zoeScope);
    };
    const note = await withSandbox([...dir, '--seed', file], use);
    expect(note).toBe(`Applied ${file}: 4 changes\n`);
    await withSandbox(dir, use);
    const second = await withSandbox([...dir, '--seed', '-'], use, accessFile);
    expect(second).toMatch(/^Applied .*: no changes\n$/);
  });

  test('sends one request for each account', async () => {
    const users = Array.from({ length: 20 }, (_, index) => {
      const name = `user-${String(index)}`;
      return `  ${name}: { emails: [${name}@example.com], password_from: 'env:ZOE_PASSWORD' }\n`;
    });
    const file = folder.write('users.yml', `users:\n${users.join('')}`);
    const log = join(folder.path, 'requests.jsonl');
    await withSandbox(['--seed', file, '--log', log], async () => undefined);
    const requests = readFileSync(log, 'utf8').trim().split('\n');
    expect(requests.filter((line) => line.includes('"POST","path":"/Users"'))).toHaveLength(20);
    expect(requests.length).toBeLessThan(25);
  });

  test.each([
    ['a secret that is not set', accessFile, 'ZOE_PASSWORD is not set'],
    ['a group that does not exist', 'groups: {a: {members: [{group: b}]}}', 'b'],
  ])('exits with code 2 for %s', async (_problem, content, message) => {
    const words = ['sandbox', ...ports, '--seed', folder.write('bad.yml', content)];
    const { code, stdout, stderr } = await operator.tpks(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('cannot be used with another UAA', async () => {
    const words = ['sandbox', '--seed', 'my access.yml', '--uaa', 'https://uaa.test'];
    expect(await operator.tpks(words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("run tpks uaa apply -f 'my access.yml' to change that UAA"),
    });
  });
});
