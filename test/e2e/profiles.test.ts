import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { answers } from '../support/faulty-server.js';
import { fileFolder } from '../support/file-folder.js';
import { startFront, type Front } from '../support/front.js';
import { leaks } from '../support/leaks.js';
import { describeIfPart } from '../support/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { asUser } from '../support/users.js';

const folder = fileFolder();
let sandbox: TestSandbox;
let front: Front;
let person: TestUser;
let as: ReturnType<typeof asUser>;
/** As alana, in a process of its own, because the time zone is set for a whole process. */
let inCalifornia: (words: readonly string[]) => Promise<TpksResult>;

beforeAll(async () => {
  sandbox = await startTestSandbox({ pksVersion: '1.20' });
  front = await startFront(sandbox);
  person = createUser();
  const [, api = '', , uaa = ''] = front.target;
  as = asUser(person.tpks, { api, uaa, caCert: front.caCert });
  inCalifornia = (words) =>
    asUser(person.spawn, { api, uaa, caCert: front.caCert })('alana', words, {
      env: { TZ: 'America/Los_Angeles' },
    });
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

const pool = { cpu: 2, memory_in_mb: 4096, ephemeral_disk_in_mb: 16384 };
/** A file of each kind, as the product's pages have them. */
const files = {
  network: (name: string) =>
    folder.write(
      `${name}.json`,
      JSON.stringify({ name, description: 'd', parameters: { lb_size: 'small' } }),
    ),
  compute: (name: string) =>
    folder.write(
      `${name}.json`,
      JSON.stringify({
        name,
        description: name,
        parameters: {
          cluster_customization: {
            control_plane: { ...pool, instances: 3 },
            node_pools: [
              { ...pool, name: 'tiny-1', instances: 5 },
              { ...pool, cpu: 4, ephemeral_disk_in_mb: 32768, name: 'medium-2', instances: 1 },
            ],
          },
        },
      }),
    ),
  kubernetes: (name: string) => {
    folder.write('audit.yaml', 'kind: Policy\n');
    return folder.write(
      `${name}.yaml`,
      [
        `name: ${name}`,
        'customizations:',
        '- component: kube-apiserver',
        '  arguments: {service-node-port-range: 30000-40000}',
        '  file-arguments: {audit-policy-file: audit.yaml}',
      ].join('\n'),
    );
  },
} as const;
const kinds = ['network', 'compute', 'kubernetes'] as const;
const nouns = { network: 'Network', compute: 'Compute', kubernetes: 'Kubernetes' };

describe.each(kinds)('%s profiles', (kind) => {
  test('are made, listed, shown and deleted in the original’s words', async () => {
    const name = `${kind}-life`;
    const made = await as('alana', [`create-${kind}-profile`, files[kind](name)]);
    expect(made).toMatchObject({
      code: 0,
      stdout: `${nouns[kind]} profile ${name} successfully created\n`,
      stderr: '',
    });
    const list = await as('alana', [`${kind}-profiles`]);
    expect(list.stdout).toMatch(new RegExp(`^\n(?:Name|K8s-profile) .*\n[^]*\n${name} `));
    const one = await as('alana', [`${kind}-profile`, name]);
    expect(one.stdout).toMatch(new RegExp(`^\nName: +${name}\n`));

    const question = `Are you sure you want to delete the ${kind} profile ${name}? (y/n): `;
    const place = `Installation ${front.target[1] ?? ''}, user alana\n`;
    const kept = await as('alana', [`delete-${kind}-profile`, name], { stdin: 'n\n' });
    expect(kept).toMatchObject({ code: 0, stdout: '' });
    expect(kept.stderr).toBe(`${place}${question}n\nNothing was deleted\n`);
    expect((await as('alana', [`${kind}-profile`, name])).code).toBe(0);

    const gone = await as('alana', [`delete-${kind}-profile`, name], { stdin: 'y\n' });
    expect(gone).toMatchObject({ code: 0, stdout: `Deletion of ${name} completed\n` });
    const missing = await as('alana', [`${kind}-profile`, name]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain(`\nError: ${nouns[kind]} profile ${name} not found\n`);
  });

  test('in use stay, and a name is taken once', async () => {
    const [used] = { network: ['np-prod'], compute: ['three-zones'], kubernetes: ['audited'] }[
      kind
    ];
    const gone = await as('alana', [`delete-${kind}-profile`, used ?? '', '--non-interactive']);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain(
      `Error: The ${kind} profile named "${used ?? ''}" is in use and cannot be deleted.`,
    );
    const again = await as('alana', [`create-${kind}-profile`, files[kind](used ?? '')]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('already exists');
  });

  test('as JSON are the server’s own, with three blanks', async () => {
    const list = await as('alana', [`${kind}-profiles`, '--json']);
    expect(list.stdout).toMatch(/^\[\n {3}\{\n {6}"name": "/);
    expect(JSON.parse(list.stdout)).toContainEqual(
      expect.objectContaining({ uuid: expect.anything() }),
    );
    const [first] = JSON.parse(list.stdout) as { name: string }[];
    const one = await as('alana', [`${kind}-profile`, first?.name ?? '', '--json']);
    expect(JSON.parse(one.stdout)).toEqual(first);
  });

  test('are not sent on a dry run, and the request is shown', async () => {
    front.mend();
    const made = await as('alana', [`create-${kind}-profile`, files[kind]('dry'), '--dry-run']);
    expect(made.code).toBe(0);
    const [line, , ...body] = made.stdout.split('\n');
    expect(line).toBe(`POST ${front.api.origin}/v1/${kind}-profiles`);
    const sent = JSON.parse(body.join('\n')) as Record<string, unknown>;
    expect(sent).toMatchObject({ name: 'dry' });
    if (kind === 'network') expect(sent['parameters']).toBe('{"lb_size":"small"}');
    if (kind === 'kubernetes')
      expect(made.stdout).toContain('"audit-policy-file": "kind: Policy\\n"');
    const gone = await as('alana', [`delete-${kind}-profile`, 'dry', '--dry-run', '--json']);
    expect(gone.code).toBe(0);
    expect(JSON.parse(gone.stdout)).toEqual({
      method: 'DELETE',
      url: `${front.api.origin}/v1/${kind}-profiles/dry`,
      body: null,
    });
    expect(front.api.requests).toEqual([]);
  });

  test('with faults in their file are not sent: exit 2, every fault by its line', async () => {
    front.mend();
    const path = folder.write('faults.json', '{\n "name": 7,\n "description": []\n}');
    const { code, stdout, stderr } = await as('alana', [`create-${kind}-profile`, path]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Error: Nothing was sent: ${path} has 3 problems\nHint: line 1: `);
    expect(stderr).toContain('line 2: name must be a string, not a number');
    expect(stderr).toContain('line 3: description must be a string, not a list');
    expect([...front.api.requests, ...front.uaa.requests]).toEqual([]);
  });

  test('without an answer to the question stay: exit 2 that names the flag', async () => {
    const { code, stdout, stderr } = await as('alana', [`delete-${kind}-profile`, 'np-prod']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--non-interactive');
  });
});

test('a manager sees no one else’s kubernetes profile, and all of the others', async () => {
  const list = await as('cody', ['k8s-profiles']);
  expect(list.stdout).toContain('\ncody-basic');
  expect(list.stdout).not.toContain('audited');
  const other = await as('cody', ['k8s-profile', 'audited']);
  expect(other.stderr).toContain('Error: Kubernetes profile audited not found');
  expect((await as('cody', ['network-profile', 'np-prod'])).code).toBe(0);
  expect((await as('naomi', ['k8s-profiles'])).stdout).toContain('audited');
});

describe('the blocks of the product’s pages', () => {
  afterAll(() => front.mend());

  test('a compute profile, from its file to its block', async () => {
    await as('alana', ['create-compute-profile', files.compute('test-compute-profile')]);
    const { stdout } = await as('alana', ['compute-profile', 'test-compute-profile']);
    expect(trimmed(stdout)).toBe(`
Name:         test-compute-profile
Description:  test-compute-profile
Parameters:
  Cluster Customization:
    Control Plane:
      Name:
      Instances:            3
      CPU:                  2
      Memory (Mb):          4096
      Ephemeral Disk (Mb):  16384
    Node Pool:
      Name:                 tiny-1
      Instances:            5
      CPU:                  2
      Memory (Mb):          4096
      Ephemeral Disk (Mb):  16384
    Node Pool:
      Name:                 medium-2
      Instances:            1
      CPU:                  4
      Memory (Mb):          4096
      Ephemeral Disk (Mb):  32768
`);
  });

  test('kubernetes profiles', async () => {
    const profile = {
      name: 'Basic-k8s-profile',
      owner: 'Alana',
      created_at: Date.UTC(2019, 10, 6, 0, 28, 15),
      description: 'Kubernetes profile for customer A',
    };
    front.api.behave(answers({ body: [profile] }));
    expect(trimmed((await inCalifornia(['k8s-profiles'])).stdout)).toBe(`
K8s-profile        Owner  Created Date
Basic-k8s-profile  Alana  Tue, 05 Nov 2019 16:28:15 PST
`);
    front.api.behave(answers({ body: profile }));
    expect(trimmed((await inCalifornia(['k8s-profile', 'Basic-k8s-profile'])).stdout)).toBe(`
Name:                    Basic-k8s-profile
Owner:                   Alana
Created Date             Tue, 05 Nov 2019 16:28:15 PST
Description:             Kubernetes profile for customer A
`);
  });

  test('the deletion of a kubernetes profile', async () => {
    front.api.behave(answers({ status: 204, body: '' }));
    const { stdout } = await as('alana', [
      'delete-k8s-profile',
      'my-profile3',
      '--non-interactive',
    ]);
    expect(stdout).toBe('Deletion of my-profile3 completed\n');
  });
});

describeIfPart('pty', 'at a terminal', () => {
  test('the question stands there as in the original, and y goes on', async () => {
    front.mend();
    await as('cody', ['create-k8s-profile', files.kubernetes('my-profile3')]);
    const terminal = person.atTerminal(['delete-k8s-profile', 'my-profile3'], {
      TERM: 'xterm',
      TPKS_API: front.api.origin,
      TPKS_UAA_URL: front.uaa.origin,
      TPKS_CA_CERT: front.caCert,
      TPKS_USERNAME: 'cody',
      TPKS_PASSWORD: 'cody-password',
    });
    await terminal.waitFor(
      'Are you sure you want to delete the kubernetes profile my-profile3? (y/n): ',
    );
    terminal.type('y\r');
    await terminal.waitFor('Deletion of my-profile3 completed');
    expect(await terminal.exited).toBe(0);
  });
});

test('names are completed from what the last list saw, until the logout', async () => {
  front.mend();
  const other = createUser();
  const login = ['login', ...front.target, '-u', 'alana', '--password-stdin', '--store', 'file'];
  expect(await other.tpks(login, { stdin: 'alana-password' })).toMatchObject({ code: 0 });
  const offered = async (...words: string[]) => {
    const { stdout } = await other.tpks(['__complete', '--', ...words, '']);
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
  };
  expect(await offered('delete-network-profile')).toEqual([]);
  await other.tpks(['network-profiles']);
  await other.tpks(['k8s-profiles']);
  expect(await offered('delete-network-profile')).toEqual(expect.arrayContaining(['np-prod']));
  expect(await offered('network-profile')).not.toContain('audited');
  expect(await offered('k8s-profile')).toEqual(expect.arrayContaining(['audited', 'cody-basic']));
  await other.tpks(['logout']);
  expect(
    other
      .files()
      .map((file) => readFileSync(`${other.home}/${file}`, 'utf8'))
      .join(),
  ).not.toContain('np-prod');
});

test('a key in a file that is sent stands in no trace', async () => {
  front.mend();
  const key = 'q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=';
  folder.write('encryption.yaml', `providers:\n- aescbc:\n    keys:\n    - secret: ${key}\n`);
  const path = folder.write(
    'encrypted.yaml',
    [
      'name: encrypted',
      'customizations:',
      '- component: kube-apiserver',
      '  file-arguments: {encryption-provider-config: encryption.yaml}',
    ].join('\n'),
  );
  const { code, stderr } = await as('cody', ['create-k8s-profile', path, '--trace']);
  expect(code).toBe(0);
  expect(stderr).toContain('encryption-provider-config');
  expect(leaks(stderr, { key })).toEqual([]);
  const sent = front.api.requests.find(({ method }) => method === 'POST');
  expect(sent?.body).toContain(key);
});

/** Blanks at line ends aside. */
function trimmed(text: string): string {
  return text.replaceAll(/ +$/gm, '');
}
