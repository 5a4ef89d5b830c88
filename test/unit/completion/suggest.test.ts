import { describe, expect, test } from '@jest/globals';
import { Argument, Option, type Command } from 'commander';
import type { Entry, Group, Leaf } from '../../../src/commands/contents.js';
import { withCompleter, withFileNames } from '../../../src/completion/completer.js';
import { suggest } from '../../../src/completion/suggest.js';
import type { Services } from '../../../src/services.js';

function leaf(define: (command: Command, services: Services) => unknown): Leaf {
  return { define: (command, services) => void define(command, services) };
}

function names(...all: string[]) {
  return () => Promise.resolve(all);
}

/** A table of contents that notes what of it is loaded. */
function sample() {
  const loaded: string[] = [];
  const entry = (name: string, part: Leaf | Group, more: Partial<Entry> = {}): Entry => ({
    name,
    summary: `about ${name}`,
    ...more,
    load: () => {
      loaded.push(name);
      return Promise.resolve(part);
    },
  });
  const cluster = leaf((command) =>
    command
      .addArgument(withCompleter(new Argument('<name>'), names('dev-1', 'dev-2', 'prod')))
      .option('--details', 'show everything')
      .addOption(new Option('-o, --output <format>', 'how').choices(['json', 'jsonl', 'table']))
      .addOption(withFileNames(new Option('--ca-cert <path>', 'trust this CA')))
      .addOption(new Option('--scopes <scope...>', 'what for').choices(['read', 'write']))
      .addOption(new Option('-H, --header <header>', 'send it').default([]))
      .addOption(new Option('--color [when]', 'when').choices(['always', 'never']))
      .addOption(new Option('--secret-door', 'not for people').hideHelp()),
  );
  const member = leaf((command) =>
    command
      .addArgument(new Argument('<group>').choices(['admin', 'manage']))
      .addArgument(withCompleter(new Argument('<user...>'), names('alana', 'cody')))
      .addOption(new Option('--json', 'as JSON, in its own way')),
  );
  const contents: readonly Entry[] = [
    entry(
      'clusters',
      leaf(() => undefined),
      { aliases: ['list-clusters'] },
    ),
    entry('cluster', cluster),
    entry(
      'inner',
      leaf(() => undefined),
      { hidden: true, aliases: ['inside'] },
    ),
    entry('uaa', { contents: [entry('member', { contents: [entry('add', member)] })] }),
    entry(
      'broken',
      leaf(() => {
        throw new Error('does not define');
      }),
    ),
    entry(
      'create',
      leaf((command) => command.addArgument(withFileNames(new Argument('<file>')))),
    ),
  ];
  return { contents, loaded };
}

const globalOptions = [
  new Option('--json', 'print JSON'),
  withCompleter(new Option('--context <name>', 'use it'), names('cody@a', 'cody@b')),
  new Option('--no-input', 'the same').hideHelp(),
  new Option('-h, --help', 'show help'),
];

/** The sample commands use no services. */
const services = () => ({}) as Services;

async function completed(...words: string[]) {
  const { contents, loaded } = sample();
  const completion = await suggest(words, { contents, globalOptions, services });
  return { ...completion, loaded, values: completion.suggestions.map(({ value }) => value) };
}

describe('commands', () => {
  test('those that are not hidden, with their summaries, and nothing is loaded for it', async () => {
    const { suggestions, files, loaded } = await completed('');
    expect(suggestions).toEqual(
      ['clusters', 'cluster', 'uaa', 'broken', 'create'].map((value) => ({
        value,
        description: `about ${value}`,
      })),
    );
    expect({ files, loaded }).toEqual({ files: false, loaded: [] });
  });

  test.each([
    ['a start', ['clus'], ['clusters', 'cluster']],
    ['an alias where no name fits', ['list'], ['list-clusters']],
    ['no alias of a hidden command', ['ins'], []],
    ['no start', ['zzz'], []],
    ['within groups', ['uaa', 'member', ''], ['add']],
    ['after global options', ['--json', '--context', 'x', 'uaa', ''], ['member']],
    ['after a global option with =', ['--context=x', 'uaa', ''], ['member']],
    ['no words at all', [], ['clusters', 'cluster', 'uaa', 'broken', 'create']],
    ['after an unknown command', ['nothing', ''], []],
  ])('%s', async (_case, words, values) => {
    expect((await completed(...words)).values).toEqual(values);
  });

  test('only what argv names is loaded', async () => {
    expect((await completed('uaa', 'member', 'add', '')).loaded).toEqual(['uaa', 'member', 'add']);
  });

  test('an alias leads to its command', async () => {
    expect((await completed('list-clusters', '--j')).values).toEqual(['--json']);
  });

  test('a command that cannot be defined is a failure for the edge to hide', async () => {
    await expect(completed('broken', '')).rejects.toThrow('does not define');
  });
});

describe('flags', () => {
  test('the command’s own first, long forms before short ones', async () => {
    expect((await completed('cluster', '-')).values).toEqual([
      '--details',
      '--output',
      '--ca-cert',
      '--scopes',
      '--header',
      '--color',
      '--json',
      '--context',
      '--help',
      '-o',
      '-H',
      '-h',
    ]);
  });

  test.each([
    ['a start', ['cluster', '--de'], ['--details']],
    ['in a group, the global ones', ['uaa', '--'], ['--json', '--context', '--help']],
    ['not those already given', ['cluster', '--details', '--de'], []],
    ['not even in another form', ['cluster', '-o', 'json', '--ou'], []],
    ['also behind the cursor’s argument', ['cluster', 'dev-1', '--de'], ['--details']],
    ['variadic ones again', ['cluster', '--scopes', 'read', '--sc'], ['--scopes']],
    ['collecting ones again', ['cluster', '-H', 'a: b', '--hea'], ['--header']],
    ['never the hidden ones', ['cluster', '--secret'], []],
    ['an own one instead of a global one', ['uaa', 'member', 'add', '--js'], ['--json']],
    ['none after --', ['cluster', '--', '--de'], []],
    ['where no argument is left', ['clusters', ''], ['--json', '--context', '--help']],
    ['but not for a word that was begun', ['clusters', 'x'], []],
  ])('%s', async (_case, words, values) => {
    expect((await completed(...words)).values).toEqual(values);
  });

  test('each with its description', async () => {
    const { suggestions } = await completed('uaa', 'member', 'add', '--js');
    expect(suggestions).toEqual([{ value: '--json', description: 'as JSON, in its own way' }]);
  });
});

describe('values', () => {
  test.each([
    ['choices of an option', ['cluster', '--output', ''], ['json', 'jsonl', 'table']],
    ['a start of one', ['cluster', '-o', 'js'], ['json', 'jsonl']],
    ['after =', ['cluster', '--output=t'], ['--output=table']],
    ['after = of a flag without values', ['cluster', '--details='], []],
    ['after = of an unknown flag', ['cluster', '--what='], []],
    ['from a completer', ['--context', 'cody'], ['cody@a', 'cody@b']],
    [
      'from a completer after =',
      ['clusters', '--context=c'],
      ['--context=cody@a', '--context=cody@b'],
    ],
    ['of a variadic option', ['cluster', '--scopes', 'read', 'w'], ['write']],
    ['of an optional value', ['cluster', '--color', ''], ['always', 'never']],
    ['or a flag instead of it', ['cluster', '--color', '--de'], ['--details']],
    ['of an argument', ['cluster', 'dev'], ['dev-1', 'dev-2']],
    ['of the second argument', ['uaa', 'member', 'add', 'admin', ''], ['alana', 'cody']],
    ['of a variadic argument', ['uaa', 'member', 'add', 'admin', 'x', 'co'], ['cody']],
    ['of an argument after flags', ['cluster', '-o', 'json', '--details', 'pr'], ['prod']],
    ['of an argument after --', ['cluster', '--', 'pr'], ['prod']],
    ['an option without any', ['cluster', '-H', ''], []],
  ])('%s', async (_case, words, values) => {
    expect((await completed(...words)).values).toEqual(values);
  });

  test.each([
    ['an option', ['cluster', '--ca-cert', ''], true],
    ['an option with =', ['cluster', '--ca-cert=ab'], true],
    ['an argument', ['create', ''], true],
    ['another argument', ['cluster', ''], false],
  ])('of %s that takes files the shell completes', async (_case, words, files) => {
    expect((await completed(...words)).files).toBe(files);
  });
});

describe('a completer', () => {
  async function from(completer: () => Promise<readonly string[]>, patienceMilliseconds = 1000) {
    const define = leaf((command) =>
      command.addArgument(withCompleter(new Argument('<name>').choices(['always']), completer)),
    );
    const contents = [{ name: 'one', summary: '', load: () => Promise.resolve(define) }];
    const deps = { contents, globalOptions: [], services, patienceMilliseconds };
    return (await suggest(['one', ''], deps)).suggestions.map(({ value }) => value);
  }

  test.each<[string, () => Promise<readonly string[]>]>([
    ['that fails', () => Promise.reject(new Error('no network'))],
    [
      'that throws',
      () => {
        throw new Error('a bug');
      },
    ],
    ['that has nothing', names()],
  ])('%s leaves what is known without it', async (_case, completer) => {
    expect(await from(completer)).toEqual(['always']);
  });

  test('that never answers is given up', async () => {
    expect(await from(() => new Promise(() => undefined), 20)).toEqual(['always']);
  });

  test('may not bring control characters, flags, nothing, or the same twice', async () => {
    const completer = names(
      'ok',
      'a\nb',
      'a\tb',
      '\u001b[2J',
      '\u202e',
      '--all',
      '',
      'ok',
      'always',
    );
    expect(await from(completer)).toEqual(['always', 'ok']);
  });
});

test('services know the global options on the line, wherever they stand', async () => {
  const seen: unknown[] = [];
  const define = leaf((command) =>
    command.addArgument(
      withCompleter(new Argument('<name>'), () => {
        seen.push(opts());
        return Promise.resolve([]);
      }),
    ),
  );
  let opts: () => unknown = () => undefined;
  await suggest(['--json', 'one', '--context', 'cody@b', ''], {
    contents: [{ name: 'one', summary: '', load: () => Promise.resolve(define) }],
    globalOptions,
    services: (read) => {
      opts = read;
      return services();
    },
  });
  expect(seen).toEqual([{ json: true, context: 'cody@b' }]);
});
