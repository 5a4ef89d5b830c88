import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { defineCommand } from '../../../../src/commands/contents.js';
import { contents } from '../../../../src/commands/uaa/index.js';
import type { Services } from '../../../../src/services.js';
import { listCommands } from '../../../support/leaves.js';

/** Defining a command must not use a service. */
const services = new Proxy({} as Services, {
  get: (_target, name) => () => {
    throw new Error(`unexpected use of ${String(name)}`);
  },
});

const commands = await listCommands(contents);

test('tpks uaa has the commands of uaac and a few more', () => {
  expect(commands.map(({ words }) => words).sort()).toEqual([
    'apply',
    'client add',
    'client delete',
    'client get',
    'client jwt add',
    'client jwt delete',
    'client jwt update',
    'client update',
    'clients',
    'context',
    'contexts',
    'curl',
    'export',
    'group add',
    'group delete',
    'group get',
    'group map',
    'group mappings',
    'group unmap',
    'groups',
    'idp get',
    'idps',
    'info',
    'me',
    'member add',
    'member delete',
    'members',
    'password change',
    'password set',
    'password strength',
    'plan',
    'prompts',
    'secret add',
    'secret change',
    'secret delete',
    'secret set',
    'signing key',
    'target',
    'targets',
    'token authcode get',
    'token client get',
    'token decode',
    'token delete',
    'token get',
    'token implicit get',
    'token list',
    'token owner get',
    'token refresh',
    'token revoke',
    'token sso get',
    'user activate',
    'user add',
    'user deactivate',
    'user delete',
    'user get',
    'user ids',
    'user unlock',
    'user update',
    'users',
    'version',
    'zones',
  ]);
});

describe.each(commands)('help of tpks uaa $words', ({ words, entry, part }) => {
  let help = '';
  const command = new Command(words.split(' ').at(-1)).configureOutput({
    writeOut: (text) => (help += text),
  });
  defineCommand(command, part, services);
  command.outputHelp();

  test('has a summary, a description and an example', () => {
    expect(entry.summary).toMatch(/^[a-z].{3,58}[^.]$/);
    expect(command.description()).toMatch(/^[A-Z][^]+\.$/);
    expect(help).toContain(`$ tpks uaa ${words}`);
  });
});
