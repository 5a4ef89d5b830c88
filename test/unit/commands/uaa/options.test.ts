import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import type { Services } from '../../../../src/app/services.js';
import {
  addContents,
  addSharedOptions,
  defineCommand,
} from '../../../../src/commands/command-table.js';
import { contents, options } from '../../../../src/commands/uaa/index.js';
import { listCommands } from '../../../support/commands/leaves.js';
import { namesScope } from '../../../support/commands/scopes.js';

const commands = await listCommands(contents);

/** Runs a command without services. @returns the error, e.g. of the first service that it uses. */
async function run(words: readonly string[]): Promise<{ help: string; error: unknown }> {
  let help = '';
  const services = new Proxy({} as Services, {
    get: (_target, name) => () => {
      throw new Error(`unexpected use of ${String(name)}`);
    },
  });
  const program = new Command('uaa')
    .exitOverride()
    // The program prints a reference to the help of tpks uaa instead of this list.
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => undefined, writeOut: (text) => (help += text) });
  addSharedOptions(program, options());
  addContents(program, contents, services);
  const error: unknown = await program
    .parseAsync([...words], { from: 'user' })
    .catch((failure: unknown) => failure);
  return { help, error };
}

test.each(commands)(
  'uaa $words accepts a zone, or rejects it and omits it from its help',
  async (row) => {
    const words = row.words.split(' ');
    const command = new Command();
    defineCommand(command, row.part, {} as Services);
    const operands = command.registeredArguments.filter(({ required }) => required).map(() => 'x');
    // Without a token of the user, there is no scope. The scope for curl depends on the path.
    const isZoneless = !namesScope(command.description()) && row.words !== 'curl';

    for (const [flag, zone, hint] of [
      ['-z', 'lab', 'tpks uaa target https://lab.HOST:8443'],
      ['--zone-id', 'lab-id', 'tpks uaa zones'],
    ] as const) {
      const { error } = await run([...words, ...operands, flag, zone]);
      const expected = {
        kind: 'usage',
        message: expect.stringMatching(/^--zone(-id)? cannot be used with this command/),
        hint: expect.stringContaining(hint),
      };
      if (isZoneless) expect(error).toMatchObject(expected);
      else expect(String(error)).not.toContain('cannot be used with this command');
    }
    const { help } = await run([...words, '--help']);
    expect(help.includes('--zone-id')).toBe(!isZoneless);
  },
);

test('tpks uaa accepts the debug options of uaac but does not show them in the help', async () => {
  for (const flag of ['-t', '--debug', '--no-debug', '--no-trace']) {
    expect(String((await run(['users', flag])).error)).toContain('unexpected use of');
  }
  expect((await run(['users', '--help'])).help).not.toMatch(/--(no-)?(debug|trace)|--config/);
});

test('tpks uaa rejects --config of uaac and names the replacement', async () => {
  expect(String((await run(['users', '--config', 'F'])).error)).toContain('set TPKS_HOME');
});
