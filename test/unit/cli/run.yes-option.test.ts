import { beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../src/platform/http/send.js';
import { probeResponse, tokenBody, toResponse } from '../../support/fakes/fake-send.js';
import { createUser } from '../../support/program/cli.js';
import { loginCommand, type HeadlessOptions } from '../../support/program/headless.js';

const user = createUser();

/** Runs a line on a network with one cluster. @returns also the requests that delete something. */
async function run(line: string, options: HeadlessOptions = {}) {
  const deletions: string[] = [];
  const send = async ({ method, url }: HttpRequest) => {
    const { pathname } = new URL(url);
    if (method === 'DELETE') deletions.push(pathname);
    if (pathname === '/oauth/token') return toResponse({ body: tokenBody });
    return toResponse(
      method === 'HEAD' ? probeResponse : { body: { name: 'web', client_id: 'web' } },
    );
  };
  return { ...(await user.tpks(line.split(' '), { send, ...options })), deletions };
}

beforeAll(async () => {
  expect(await run(loginCommand.join(' '))).toMatchObject({ code: 0 });
});

describe('--yes', () => {
  test.each([
    'delete-cluster web --yes',
    'delete-cluster -y web',
    '--yes delete-cluster web',
    'delete-network-profile web -y',
  ])('answers the question of "%s"', async (line) => {
    const { code, stderr, deletions } = await run(line);
    expect(code).toBe(0);
    expect(stderr).not.toContain('Are you sure');
    expect(deletions).toEqual([expect.stringMatching(/\/web$/)]);
  });

  test('can be used with commands of uaa, before and after the command', async () => {
    for (const line of ['uaa client delete web -y', '--yes uaa client delete web']) {
      const { code, stdout, stderr } = await run(line, { terminalColumns: 80 });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'client registration deleted\n' });
      expect(stderr).not.toContain('Are you sure');
    }
  });

  test.each([
    ['uaa user delete -y', 'Missing user name'],
    ['login -a other.example.com -y', 'Missing username'],
  ])('supplies no argument: %s', async (line, message) => {
    const { code, stderr, deletions } = await run(line);
    expect({ code, deletions }).toEqual({ code: 2, deletions: [] });
    expect(stderr).toContain(message);
  });

  test('is named by the hint of a question that cannot be asked', async () => {
    const { code, stderr } = await run('delete-cluster web');
    expect(code).toBe(2);
    expect(stderr).toContain('\nHint: add --yes to skip the confirmation\n');
  });
});

test('links accept --yes too', async () => {
  const { code, deletions } = await run('delete-cluster web -y', { programName: 'pks' });
  expect({ code, deletions }).toEqual({ code: 0, deletions: [expect.stringMatching(/\/web$/)] });
});
