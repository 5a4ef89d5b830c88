import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUserRunner } from '../support/fixtures/users.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

const folder = fileFolder();
let front: FaultyInstallation;
let user: TestUser;
let runAs: ReturnType<typeof createUserRunner>;

beforeAll(async () => {
  [, front] = await startFaultySandbox({ pksVersion: '1.20' });
  user = createUser();
  runAs = createUserRunner(user.tpks, front);
});
afterAll(() => front.close());

const pool = { cpu: 2, memory_in_mb: 4096, ephemeral_disk_in_mb: 16384 };
/** Writes a file of each kind, with the content of the product's pages. */
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
  test('are created, listed, shown and deleted with the messages of the original', async () => {
    const name = `${kind}-life`;
    const created = await runAs('alana', [`create-${kind}-profile`, files[kind](name)]);
    expect(created).toMatchObject({
      code: 0,
      stdout: `${nouns[kind]} profile ${name} successfully created\n`,
      stderr: '',
    });
    const list = await runAs('alana', [`${kind}-profiles`]);
    expect(list.stdout).toMatch(new RegExp(`^\n(?:Name|K8s-profile) .*\n[^]*\n${name} `));
    const one = await runAs('alana', [`${kind}-profile`, name]);
    expect(one.stdout).toMatch(new RegExp(`^\nName: +${name}\n`));

    const question = `Are you sure you want to delete the ${kind} profile ${name}? (y/n): `;
    const installationLine = `Installation ${front.loginOptions[1] ?? ''}, user alana\n`;
    const declined = await runAs('alana', [`delete-${kind}-profile`, name], { stdin: 'n\n' });
    expect(declined).toMatchObject({ code: 0, stdout: '' });
    expect(declined.stderr).toBe(`${installationLine}${question}n\nNothing was deleted\n`);
    expect((await runAs('alana', [`${kind}-profile`, name])).code).toBe(0);

    const deletion = await runAs('alana', [`delete-${kind}-profile`, name], { stdin: 'y\n' });
    expect(deletion).toMatchObject({ code: 0, stdout: `Deletion of ${name} completed\n` });
    const missing = await runAs('alana', [`${kind}-profile`, name]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain(`\nError: ${nouns[kind]} profile ${name} not found\n`);
  });

  test('cannot be deleted while in use, and their names are unique', async () => {
    const [usedName] = { network: ['np-prod'], compute: ['three-zones'], kubernetes: ['audited'] }[
      kind
    ];
    const deletion = await runAs('alana', [
      `delete-${kind}-profile`,
      usedName ?? '',
      '--non-interactive',
    ]);
    expect(deletion.code).toBe(1);
    expect(deletion.stderr).toContain(
      `Error: The ${kind} profile named "${usedName ?? ''}" is in use and cannot be deleted.`,
    );
    const secondResponse = await runAs('alana', [
      `create-${kind}-profile`,
      files[kind](usedName ?? ''),
    ]);
    expect(secondResponse.code).toBe(1);
    expect(secondResponse.stderr).toContain('already exists');
  });

  test('are printed as the server sent them with --json, indented by three spaces', async () => {
    const list = await runAs('alana', [`${kind}-profiles`, '--json']);
    expect(list.stdout).toMatch(/^\[\n {3}\{\n {6}"name": "/);
    expect(JSON.parse(list.stdout)).toContainEqual(
      expect.objectContaining({ uuid: expect.anything() }),
    );
    const [first] = JSON.parse(list.stdout) as { name: string }[];
    const one = await runAs('alana', [`${kind}-profile`, first?.name ?? '', '--json']);
    expect(JSON.parse(one.stdout)).toEqual(first);
  });

  test('are not sent with --dry-run, which shows the request', async () => {
    front.reset();
    const created = await runAs('alana', [
      `create-${kind}-profile`,
      files[kind]('dry'),
      '--dry-run',
    ]);
    expect(created.code).toBe(0);
    const [line, , ...body] = created.stdout.split('\n');
    expect(line).toBe(`POST ${front.api.origin}/v1/${kind}-profiles`);
    const sent = JSON.parse(body.join('\n')) as Record<string, unknown>;
    expect(sent).toMatchObject({ name: 'dry' });
    if (kind === 'network') expect(sent['parameters']).toBe('{"lb_size":"small"}');
    if (kind === 'kubernetes')
      expect(created.stdout).toContain('"audit-policy-file": "kind: Policy\\n"');
    const deletion = await runAs('alana', [`delete-${kind}-profile`, 'dry', '--dry-run', '--json']);
    expect(deletion.code).toBe(0);
    expect(JSON.parse(deletion.stdout)).toEqual({
      method: 'DELETE',
      url: `${front.api.origin}/v1/${kind}-profiles/dry`,
      body: null,
    });
    expect(front.api.requests).toEqual([]);
  });

  test('are not sent if their file has errors, which are all listed with line numbers', async () => {
    front.reset();
    const path = folder.write('faults.json', '{\n "name": 7,\n "description": []\n}');
    const { code, stdout, stderr } = await runAs('alana', [`create-${kind}-profile`, path]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Error: Nothing was sent: ${path} has 3 problems\nHint: line 1: `);
    expect(stderr).toContain('line 2: name must be a string, not a number');
    expect(stderr).toContain('line 3: description must be a string, not a list');
    expect([...front.api.requests, ...front.uaa.requests]).toEqual([]);
  });

  test('are not deleted without confirmation, and the error names --yes', async () => {
    const { code, stdout, stderr } = await runAs('alana', [`delete-${kind}-profile`, 'np-prod']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--yes');
  });
});

test('a manager sees only their own kubernetes profiles, but all profiles of other kinds', async () => {
  const list = await runAs('cody', ['k8s-profiles']);
  expect(list.stdout).toContain('\ncody-basic');
  expect(list.stdout).not.toContain('audited');
  const alana = await runAs('cody', ['k8s-profile', 'audited']);
  expect(alana.stderr).toContain('Error: Kubernetes profile audited not found');
  expect((await runAs('cody', ['network-profile', 'np-prod'])).code).toBe(0);
  expect((await runAs('naomi', ['k8s-profiles'])).stdout).toContain('audited');
});

describe('text from the product pages', () => {
  afterAll(() => front.reset());

  test('is printed for a compute profile that was created from a file', async () => {
    await runAs('alana', ['create-compute-profile', files.compute('test-compute-profile')]);
    const { stdout } = await runAs('alana', ['compute-profile', 'test-compute-profile']);
    expect(trimLineEnds(stdout)).toBe(`
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
});

test('names are completed from the last list until the logout', async () => {
  front.reset();
  const alana = createUser();
  await front.login(alana, 'alana');
  const complete = async (...words: string[]) => {
    const { stdout } = await alana.tpks(['__complete', '--', ...words, '']);
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
  };
  await alana.tpks(['network-profiles']);
  await alana.tpks(['k8s-profiles']);
  expect(await complete('delete-network-profile')).toEqual(expect.arrayContaining(['np-prod']));
  expect(await complete('network-profile')).not.toContain('audited');
  expect(await complete('k8s-profile')).toEqual(expect.arrayContaining(['audited', 'cody-basic']));
  await alana.tpks(['logout']);
  expect(
    alana
      .files()
      .map((file) => readFileSync(`${alana.home}/${file}`, 'utf8'))
      .join(),
  ).not.toContain('np-prod');
});

/** Removes spaces at the end of lines. */
function trimLineEnds(text: string): string {
  return text.replaceAll(/ +$/gm, '');
}
