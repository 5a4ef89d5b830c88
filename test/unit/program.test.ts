import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../src/commands/contents.js';
import { createProgram, toGlobalOptions } from '../../src/program.js';
import type { Services } from '../../src/services.js';

/** A program of two commands that say what they were given. */
function program() {
  const said: unknown[] = [];
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
              said.push({ name, word, own });
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
  const made = createProgram({
    name: 'tpks',
    contents: [leaf('first'), { ...leaf('machine'), hidden: true }, group],
    // These commands ask for none.
    services: {} as Services,
    help: { columns: () => undefined, write: (text) => (out += text) },
    writeError: (text) => (err += text),
  });
  return {
    said,
    loaded,
    out: () => out,
    err: () => err,
    run: async (...words: string[]) => made.parseAsync(words, { from: 'user' }),
    options: (env: NodeJS.ProcessEnv = {}) => toGlobalOptions(made.opts(), env),
  };
}

describe('commands', () => {
  test('receive their arguments, and only the named command is loaded', async () => {
    const { run, said, loaded } = program();
    await run('first', 'hello', '--own', 'x');
    expect(said).toEqual([{ name: 'first', word: 'hello', own: { own: 'x' } }]);
    expect(loaded).toEqual(['first']);
  });

  test('may stand in groups, under any of their names', async () => {
    const { run, said, loaded } = program();
    await run('grp', 'inner', 'hello');
    expect(said).toMatchObject([{ name: 'inner', word: 'hello' }]);
    expect(loaded).toEqual(['group', 'inner']);
  });

  test('help of one loads that one', async () => {
    const { run, out, loaded } = program();
    await expect(run('group', 'inner', '--help')).rejects.toMatchObject({
      code: 'commander.helpDisplayed',
    });
    expect(out()).toContain('Usage: tpks group inner');
    expect(loaded).toEqual(['group', 'inner']);
  });

  test('help of all loads none, and leaves out what is for machines', async () => {
    const { run, out, loaded } = program();
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
  ])('%j is a mistake that the edge tells about', async (words, code) => {
    const { run, out, err } = program();
    await expect(run(...words)).rejects.toMatchObject({ code });
    expect([out(), err()]).toEqual(['', '']);
  });
});

describe('global options', () => {
  test.each([
    ['before', ['--json', '--timeout', '5', '--context', 'c', 'first']],
    ['after', ['first', '--json', '--timeout', '5', '--context', 'c']],
    ['around', ['--json', 'group', '--timeout', '5', 'inner', '--context', 'c']],
  ])('may stand %s the command', async (_where, words) => {
    const { run, options } = program();
    await run(...words);
    expect(options()).toMatchObject({ json: true, timeoutSeconds: 5, context: 'c' });
  });

  test('are off unless they are said', async () => {
    const { run, options } = program();
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
  ])('%j', async (words, expected) => {
    const { run, options } = program();
    await run('first', ...words);
    expect(options()).toMatchObject(expected);
  });

  test.each(['0', '-1', '', ' ', 'ten', '1e9', 'NaN'])('--timeout %j is rejected', async (text) => {
    const { run } = program();
    await expect(run('first', '--timeout', text)).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  test.each([
    ['1', true],
    ['yes', true],
    ['0', false],
    [undefined, false],
  ])('TPKS_TRACE=%s', (TPKS_TRACE, trace) => {
    expect(program().options({ TPKS_TRACE }).trace).toBe(trace);
  });
});
