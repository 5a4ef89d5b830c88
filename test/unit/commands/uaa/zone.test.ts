import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addContents, addSharedOptions } from '../../../../src/commands/contents.js';
import { contents, options } from '../../../../src/commands/uaa/index.js';
import type { Services } from '../../../../src/services.js';
import { leaves } from '../../../support/leaves.js';

/** What asks the UAA without a token, or not at all. */
const zoneless = [
  ...['context', 'contexts', 'info', 'password strength', 'prompts', 'signing key', 'target'],
  ...['targets', 'token authcode get', 'token client get', 'token decode', 'token delete'],
  ...['token get', 'token implicit get', 'token owner get', 'token refresh', 'token sso get'],
  'version',
];

const all = await leaves(contents);

/** Runs a line. Whatever the command asks for, it does not get. */
async function run(words: readonly string[]): Promise<{ help: string; error: unknown }> {
  let help = '';
  const services = new Proxy({} as Services, {
    get: (_target, name) => () => {
      throw new Error(`${String(name)} was asked for`);
    },
  });
  const program = new Command('uaa')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: (text) => (help += text) });
  addSharedOptions(program, options());
  addContents(program, contents, services);
  const error: unknown = await program
    .parseAsync([...words], { from: 'user' })
    .catch((failure: unknown) => failure);
  return { help, error };
}

describe.each(all)('$words', ({ words, part }) => {
  const bare = new Command();
  part.define(bare, {} as Services);
  const needed = bare.registeredArguments.filter(({ required }) => required).map(() => 'x');
  const line = [...words.split(' '), ...needed];
  const isZoneless = zoneless.includes(words);

  test.each([
    ['-z', 'lab', 'tpks uaa target https://lab.HOST:8443'],
    ['--zone-id', 'lab-id', 'tpks uaa zones'],
  ])('with %s acts in the zone, or says at once that it cannot', async (flag, zone, hint) => {
    const { error } = await run([...line, flag, zone]);
    const refusal = {
      kind: 'usage',
      message: expect.stringMatching(/^--zone(-id)? cannot be used with this command/),
      hint: expect.stringContaining(hint),
    };
    if (isZoneless) expect(error).toMatchObject(refusal);
    else expect(String(error)).not.toContain('cannot be used with this command');
  });

  test('offers a zone where it obeys one', async () => {
    const { help } = await run([...words.split(' '), '--help']);
    expect(help.includes('--zone-id')).toBe(!isZoneless);
  });
});

test('the letters of uaac that are not shown are taken all the same', async () => {
  for (const flag of ['-t', '--debug']) {
    expect(String((await run(['users', flag])).error)).toContain('was asked for');
  }
  for (const flag of ['--no-debug', '--no-trace']) {
    expect(String((await run(['users', flag])).error)).toContain('was asked for');
  }
  expect((await run(['users', '--help'])).help).not.toMatch(/--(no-)?(debug|trace)|--config/);
});

test('--config of uaac is refused with what stands in its place', async () => {
  expect(String((await run(['users', '--config', 'F'])).error)).toContain('set TPKS_HOME');
});
