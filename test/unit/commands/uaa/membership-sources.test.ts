import { describe, expect, test } from '@jest/globals';
// Loaded before the commands, because Jest cannot link modules that two imports load at the same time.
import '../../../../src/api/uaa/members.js';
import { run, type Responses, type Setup } from './run-uaa-command.js';

const team = {
  id: 'g-1',
  displayName: 'team',
  members: [{ value: 'c-1', type: 'USER', origin: 'ldap' }],
};
const members = [
  { value: 'c-1', type: 'USER', origin: 'ldap', entity: { userName: 'cody' } },
  { value: 'gone', type: 'USER', origin: 'uaa' },
];
const responses: Responses = {
  'GET /Groups': { resources: [team], totalResults: 1 },
  'GET /Groups/g-1/members': members,
  'GET /Groups/External': { resources: [], totalResults: 0 },
  'GET /identity-providers': [],
};

/** @returns the terminal, and whether mappings and providers were read. */
async function runCommand(line: string, setup: Setup = {}) {
  const { requests, terminal } = await run(line.split(' '), responses, setup);
  const paths = requests.map(([request]) => request.split('?')[0]);
  const reads = ['GET /Groups/External', 'GET /identity-providers'];
  return { terminal, hasReadSources: reads.some((path) => paths.includes(path)) };
}

describe('uaa members team', () => {
  const line = 'members team';

  test.each([
    [line, { json: true }],
    [`${line} -o name`, {}],
  ])('does not read them for output that does not contain them: %s %j', async (words, setup) => {
    expect(await runCommand(words, setup)).toMatchObject({ hasReadSources: false });
  });
});

describe('uaa members', () => {
  test('warns about members that no longer exist, also without sources', async () => {
    const { terminal } = await runCommand('members team', { json: true });
    expect(terminal.warnings).toEqual([expect.stringContaining('no longer exists')]);
  });

  test.each(['--filter SOURCE=added', '--sort-by source'])(
    'reads the sources for JSON with %s',
    async (option) => {
      const { hasReadSources } = await runCommand(`members team ${option}`, { json: true });
      expect(hasReadSources).toBe(true);
    },
  );
});
