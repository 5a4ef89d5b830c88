import { describe, expect, test } from '@jest/globals';
import type { Services } from '../../../src/app/services.js';
import { findLink } from '../../../src/base/link.js';
import { createProgram } from '../../../src/cli/front-end.js';
import type { Entry } from '../../../src/commands/contents.js';
import { toGlobalOptions } from '../../../src/commands/global-options.js';

/** Creates a program whose commands record their arguments. */
function createTestProgram() {
  const calls: unknown[] = [];
  const loaded: string[] = [];
  let [out, err] = ['', ''];
  const leaf = (name: string): Entry => ({
    name,
    summary: `the summary of ${name}`,
    load: async () => {
      loaded.push(name);
      return {
        define: (command) =>
          command
            .argument('[word]')
            .option('--own <value>')
            .action((word: unknown, own: unknown) => {
              calls.push({ name, word, own });
            }),
      };
    },
  });
  const group: Entry = {
    name: 'group',
    aliases: ['grp'],
    summary: 'holds others',
    load: async () => {
      loaded.push('group');
      return { contents: [leaf('inner'), leaf('other')] };
    },
  };
  const commanderProgram = createProgram({
    link: findLink('tpks'),
    options: [],
    rename: (text) => text,
    contents: [{ ...leaf('first'), isCommon: true }, { ...leaf('machine'), hidden: true }, group],
    // These commands need no services.
    services: {} as Services,
    help: { columns: () => undefined, write: (text) => (out += text) },
    writeError: (text) => (err += text),
  });
  return {
    calls,
    loaded,
    out: () => out,
    err: () => err,
    run: async (...words: string[]) => commanderProgram.parseAsync(words, { from: 'user' }),
    options: () => toGlobalOptions(commanderProgram.opts()),
  };
}

describe('commands', () => {
  test('receive their arguments, and only the named command is loaded', async () => {
    const { run, calls, loaded } = createTestProgram();
    await run('first', 'hello', '--own', 'x');
    expect(calls).toEqual([{ name: 'first', word: 'hello', own: { own: 'x' } }]);
    expect(loaded).toEqual(['first']);
  });

  test('can be in groups, under the name or an alias of the group', async () => {
    const { run, calls, loaded } = createTestProgram();
    await run('grp', 'inner', 'hello');
    expect(calls).toMatchObject([{ name: 'inner', word: 'hello' }]);
    expect(loaded).toEqual(['group', 'inner']);
  });

  test('are loaded for their own help', async () => {
    const { run, out, loaded } = createTestProgram();
    await expect(run('group', 'inner', '--help')).rejects.toMatchObject({
      code: 'commander.helpDisplayed',
    });
    expect(out()).toContain('Usage: tpks group inner');
    expect(loaded).toEqual(['group', 'inner']);
  });

  test('are not loaded for the general help, which omits hidden commands', async () => {
    const { run, out, loaded } = createTestProgram();
    await expect(run('--help')).rejects.toMatchObject({ code: 'commander.helpDisplayed' });
    expect(out()).toContain('the summary of first');
    expect(out()).not.toContain('machine');
    expect(loaded).toEqual([]);
  });

  test.each([
    [['frist'], 'commander.unknownCommand'],
    [['first', 'a', 'b'], 'commander.excessArguments'],
    [['first', '--nope'], 'commander.unknownOption'],
    [['--timeout', 'soon', 'first'], 'commander.invalidArgument'],
  ])('are rejected without output for the arguments %j', async (words, code) => {
    const { run, out, err } = createTestProgram();
    await expect(run(...words)).rejects.toMatchObject({ code });
    expect([out(), err()]).toEqual(['', '']);
  });
});

describe('global options', () => {
  test.each([
    ['before', ['--json', '--timeout', '5', '--context', 'c', 'first']],
    ['after', ['first', '--json', '--timeout', '5', '--context', 'c']],
    ['around', ['--json', 'group', '--timeout', '5', 'inner', '--context', 'c']],
  ])('can be %s the command', async (_position, words) => {
    const { run, options } = createTestProgram();
    await run(...words);
    expect(options()).toMatchObject({ json: true, timeoutSeconds: 5, context: 'c' });
  });

  test('have default values', async () => {
    const { run, options } = createTestProgram();
    await run('first');
    expect(options()).toMatchObject({
      json: false,
      interactive: true,
      color: true,
      trace: false,
      timeoutSeconds: undefined,
      context: undefined,
    });
  });

  test.each([
    [['--non-interactive'], { interactive: false }],
    [['--no-input'], { interactive: false }],
    [['--no-color'], { color: false }],
    [['--trace'], { trace: true }],
    [['--timeout', '0.5'], { timeoutSeconds: 0.5 }],
  ])('include %j', async (words, expected) => {
    const { run, options } = createTestProgram();
    await run('first', ...words);
    expect(options()).toMatchObject(expected);
  });

  test.each(['0', '-1', '', ' ', 'ten', '1e9', 'NaN'])(
    'are rejected with --timeout %j',
    async (text) => {
      const { run } = createTestProgram();
      await expect(run('first', '--timeout', text)).rejects.toMatchObject({
        code: 'commander.invalidArgument',
      });
    },
  );
});
