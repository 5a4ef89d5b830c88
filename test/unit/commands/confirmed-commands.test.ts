import { describe, expect, test } from '@jest/globals';
import { runWithResponses } from '../../support/servers/answering-server.js';
import { fakeSend, probeResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { createUser } from '../../support/program/cli.js';
import { loginCommand } from '../../support/program/headless.js';
import { aQuota } from '../../support/fixtures/fixtures.js';

const installationLine = 'Installation https://pks.test:9021, user cody';

const commands = [
  {
    command: 'delete-cluster dev-1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'DELETE',
    prompt: 'Are you sure you want to delete cluster dev-1? (y/n) ',
  },
  {
    command: 'resize dev-1 -n 1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'PATCH',
    prompt: 'Are you sure you want to resize cluster dev-1 to 1? (y/n): ',
  },
  {
    command: 'update-cluster dev-1 -n 1',
    path: '/v1/clusters/dev-1',
    body: { name: 'dev-1' },
    change: 'PATCH',
    summary: 'Update summary for cluster dev-1:\nWorker Number: 1\n',
    prompt: 'Are you sure you want to continue? (y/n): ',
  },
  {
    command: 'delete-quota dana',
    path: '/v1/quotas/dana',
    body: aQuota({ owner: 'dana' }),
    change: 'DELETE',
    prompt: 'Are you sure you want to delete the quota of dana? (y/n): ',
  },
  ...['network', 'kubernetes', 'compute'].map((family) => ({
    command: `delete-${family}-profile p`,
    path: `/v1/${family}-profiles/p`,
    body: { name: 'p' },
    change: 'DELETE',
    prompt: `Are you sure you want to delete the ${family} profile p? (y/n): `,
  })),
];

describe.each(commands)('tpks $command', (row) => {
  const { command, path, body, change, prompt, summary = '' } = row;
  const words = command.split(' ');
  const bodies = { [`GET ${path}`]: body, [`${change} ${path}`]: '' };

  test('reads the resource, names the installation and identity, asks for confirmation and sends the change', async () => {
    const { code, stderr, requests } = await runWithResponses(bodies, words, { stdin: 'y\n' });
    const text = `${summary}${installationLine}\n${prompt}y\n`;
    expect({ code, stderr }).toEqual({ code: 0, stderr: text });
    expect(requests).toEqual([`GET ${path}`, `${change} ${path}`]);
  });

  test('changes nothing if the user does not confirm', async () => {
    const { stderr, requests } = await runWithResponses(bodies, words, { stdin: 'n\n' });
    expect(stderr).toContain(`${installationLine}\n${prompt}n\n`);
    expect(stderr).toMatch(/\n(?:Cancelled|Nothing was deleted)\n$/);
    expect(requests).toEqual([`GET ${path}`]);
  });

  test('fails without a prompt if the resource does not exist', async () => {
    const { code, stderr, requests } = await runWithResponses({}, words, { stdin: 'y\n' });
    expect(code).toBe(1);
    expect(stderr.replace(summary, '')).toMatch(/^\nError: .* not found/);
    expect(requests).toEqual([`GET ${path}`]);
  });

  test('sends only the change with --non-interactive', async () => {
    const { code, stderr, requests } = await runWithResponses(bodies, [
      ...words,
      '--non-interactive',
    ]);
    expect({ code, stderr, requests }).toEqual({
      code: 0,
      stderr: summary,
      requests: [`${change} ${path}`],
    });
  });

  test('sends nothing if it cannot prompt', async () => {
    const { code, requests } = await runWithResponses(bodies, words);
    expect({ code, requests }).toEqual({ code: 2, requests: [] });
  });
});

describe('tpks logout --all', () => {
  async function createLoggedInUser() {
    const user = createUser();
    const { send } = fakeSend({ body: tokenBody }, probeResponse);
    await user.tpks(loginCommand, { send });
    return (words: string, options: object) => user.tpks(words.split(' '), { send, ...options });
  }

  test('names every installation and identity and asks for confirmation on a terminal', async () => {
    const tpks = await createLoggedInUser();
    const cancelled = await tpks('logout --all', { terminalColumns: 80, stdin: 'n\r' });
    expect(cancelled.stderr).toContain(`${installationLine}\n`);
    expect(cancelled.stderr).toContain('Are you sure you want to log out of all contexts? (y/n): ');
    expect((await tpks('contexts', {})).stdout).toMatch(/yes\s*$/);
    const confirmed = await tpks('logout --all', { terminalColumns: 80, stdin: 'y\r' });
    expect(confirmed.code).toBe(0);
    expect((await tpks('contexts', {})).stdout).toMatch(/no\s*$/);
  });

  test('logs out without confirmation in a script', async () => {
    const tpks = await createLoggedInUser();
    expect(await tpks('logout --all', {})).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('Are you sure'),
    });
  });
});
