import { describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';

const user = createUser();
const run = (line: string, programName = 'tpks') => user.tpks(line.split(' '), { programName });

describe('an unknown command', () => {
  test.each([
    ['nosuch --help', 'nosuch', 'tpks --help'],
    ['nosuch sub -h', 'nosuch', 'tpks --help'],
    ['--json=false nosuch --help', 'nosuch', 'tpks --help'],
    ['help nosuch', 'nosuch', 'tpks --help'],
    ['uaa nosuch --help', 'nosuch', 'tpks uaa --help'],
    ['help uaa nosuch', 'nosuch', 'tpks uaa --help'],
    ['uaa user nosuch -h', 'nosuch', 'tpks uaa user --help'],
    ['nosuch clusters', 'nosuch', 'tpks --help'],
  ])('is an error in "%s"', async (line, word, hint) => {
    expect(await run(line)).toEqual({
      code: 2,
      stdout: '',
      stderr: `\nError: unknown command '${word}'\nHint: ${hint}\n`,
    });
  });

  test.each([
    ['clustesr', "'clustesr' (Did you mean one of cluster, clusters?)"],
    ['cluters --help', "'cluters' (Did you mean clusters?)"],
    ['uaa usr -h', "'usr' (Did you mean user?)"],
  ])('gets a suggestion in "%s"', async (line, expected) => {
    const { code, stderr } = await run(line);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(expected) });
  });

  test('is an error through a link named uaac', async () => {
    expect(await run('nosuch', 'uaac')).toEqual({
      code: 1,
      stdout: 'uaac: subcommand not found\n',
      stderr: '',
    });
  });
});

test.each(['--help', 'uaa --help', 'uaa user -h', 'clusters --help', 'help uaa', 'help cluster'])(
  '"%s" still prints help',
  async (line) => {
    expect(await run(line)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /) });
  },
);

describe('a uaac command without uaa', () => {
  test.each([
    ['user add joe -p secret', 'user add'],
    ['user add --help', 'user add'],
    ['target uaa.example.com', 'target'],
    ['member add group joe', 'member add'],
    ['groups', 'groups'],
    ['client nosuch', 'client'],
    ['token client get', 'token client get'],
    ['token client get admin -s adminsecret', 'token client get'],
  ])('gets a hint in "%s"', async (line, words) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(2);
    expect(stderr).toContain(`\nHint: did you mean tpks uaa ${words}?\n`);
    expect(stderr).not.toContain('secret');
    expect(stderr).not.toContain('Did you mean');
  });

  test('gets a hint that names the link', async () => {
    expect((await run('user add', 'pks')).stderr).toContain('Hint: did you mean pks uaa user add?');
  });

  test.each(['contexts extra', 'context nosuch', 'token --nosuch', 'uaa user nosuch', 'version'])(
    'is not suggested for "%s"',
    async (line) => {
      const { code, stderr } = await run(line);
      expect(code).toBe(2);
      expect(stderr).not.toContain('did you mean');
    },
  );
});

describe('a command that is not available', () => {
  test.each([
    ['certificates c1 --days 30', 'certificates', 'not public'],
    ['certificates --help', 'certificates', 'not public'],
    ['help certificates', 'certificates', 'not public'],
    ['rotate-certs c1 --all --wait', 'rotate-certificates', 'not public'],
    ['rotate-certificates -h', 'rotate-certificates', 'not public'],
    ['promote-cluster c1 --non-interactive', 'promote-cluster-to-policy', 'not public'],
    ['sinks', 'sinks', 'removed'],
    ['create-sink c1 -x', 'create-sink', 'removed'],
    ['delete-sink c1', 'delete-sink', 'removed'],
  ])('prints the reason for "%s"', async (line, name, reason) => {
    const { code, stdout, stderr } = await run(line, 'pks');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Error: The command ${name} is not available: `);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('\nHint: see pks help from-pks\n');
  });

  test('prints the reason as JSON', async () => {
    const { code, stderr } = await run('certificates c1 --json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'failed' } });
  });

  test('is not listed in help or completion', async () => {
    expect((await run('--help')).stdout).not.toMatch(/certificates|sink/);
    expect((await run('__complete -- cert')).stdout).not.toContain('certificates');
  });
});

test.each([
  ['list-clusters', 'clusters'],
  ['list-plans', 'plans'],
  ['show-cluster', 'cluster'],
  ['k8s-profile', 'kubernetes-profile'],
  ['k8s-profiles', 'kubernetes-profiles'],
  ['create-k8s-profile', 'create-kubernetes-profile'],
  ['delete-k8s-profile', 'delete-kubernetes-profile'],
])('%s is an alias of %s', async (alias, name) => {
  const { code, stdout } = await run(`${alias} --help`, 'pks');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(`Usage: pks ${name}|${alias} `),
  });
});
