import { describe, expect, test } from '@jest/globals';
import { createUser } from '../../support/program/cli.js';

/** What the errors say if an argument, an option or its value is missing. */

const user = createUser();
const run = async (line: string, programName = 'tpks') =>
  user.tpks(line.split(' '), { programName });

describe('the error for missing input', () => {
  test.each([
    ['cluster', 'cluster name', 'usage: tpks cluster [options] <name>'],
    ['delete-cluster -y', 'cluster name', 'usage: tpks delete-cluster [options] <name>'],
    ['create-cluster', 'cluster name', 'usage: tpks create-cluster [options] <name>'],
    ['create-network-profile', 'file', 'usage: tpks create-network-profile [options] <file>'],
    ['context use', 'context name', 'usage: tpks context use [options] <name>'],
    ['context rename old', 'new name', 'usage: tpks context rename [options] <name> <new-name>'],
    [
      'uaa member add',
      'group name and users',
      'usage: tpks uaa member add [options] <group> <users...>',
    ],
    ['clusters --context', 'value for --context', 'use --context <name>'],
  ])('of "%s" names what is missing, and how to give it', async (line, what, hint) => {
    const path = line.replace(/ (?:-.*|old|dana.*)$/, '');
    expect(await run(line)).toEqual({
      code: 2,
      stdout: '',
      stderr: `\nError: Missing ${what}\nHint: ${hint}\n      tpks ${path} --help\n`,
    });
  });

  test.each([
    ['create-cluster web', '--external-hostname and --plan', 'tpks create-cluster --help'],
    ['create-cluster web -e web.test', '--plan', 'tpks create-cluster --help'],
    ['create-quota dana', '--cpu, --memory and --clusters', 'tpks create-quota --help'],
    [
      'upgrade-clusters',
      '--clusters or --all-outdated',
      'tpks upgrade-clusters --clusters NAME,NAME, or tpks upgrade-clusters --all-outdated',
    ],
    ['uaa plan', '--file', 'tpks uaa plan --help'],
    ['resize web', '--num-nodes', 'for example: tpks resize web --num-nodes 3'],
    ['uaa group map cn=dev', 'group name', 'use --name or --id for the UAA group'],
    ['get-credentials', 'cluster name', 'list the clusters: tpks clusters; or use --all'],
    [
      'kubeconfig remove',
      'context name',
      'tpks kubeconfig remove NAME, or tpks kubeconfig remove --stale',
    ],
  ])('of a check in "%s" has the same form', async (line, what, hint) => {
    const stderr = `\nError: Missing ${what}\nHint: ${hint}\n`;
    expect(await run(line)).toEqual({ code: 2, stdout: '', stderr });
  });
});

test.each([
  ['cluster', 'Missing cluster name'],
  ['create-cluster web', 'Missing --external-hostname and --plan'],
  ['clusters --context', 'Missing value for --context'],
])('a link names what is missing in "%s"', async (line, message) => {
  const { code, stderr } = await run(line, 'pks');
  expect(code).toBe(2);
  expect(stderr).toContain(`\nError: ${message}\n`);
});
