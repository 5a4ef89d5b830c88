import { describe, expect, test } from '@jest/globals';
import { Argument, Option, type Command } from 'commander';
import type { RunningServices, Services } from '../../../src/app/services.js';
import { findLink } from '../../../src/base/link.js';
import { withCompleter, withFileNames, type Completer } from '../../../src/commands/completers.js';
import type { Entry, Group, Leaf } from '../../../src/commands/command-table.js';
import { asCollector } from '../../../src/commands/option-values.js';
import { formatCompletion, suggest } from '../../../src/completion/suggest.js';

function leaf(define: (command: Command, services: Services) => unknown): Leaf {
  return { define: (command, services) => void define(command, services) };
}

/** Options and an argument that only the verb has. */
const resize = leaf((command) =>
  command
    .addArgument(withCompleter(new Argument('<name>'), names('dev-1', 'dev-2')))
    .option('--wait', 'until it is done'),
);

function names(...all: string[]) {
  return () => Promise.resolve(all);
}

const collect = asCollector((value: string, before: readonly string[] = []) => [...before, value]);

/** A table of contents that records which entries are loaded. */
function createSample() {
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
      .addOption(new Option('-H, --header <header>', 'send it').argParser(collect))
      .addOption(new Option('--color [when]', 'when').choices(['always', 'never']))
      .addOption(new Option('--secret-option', 'for tests').hideHelp()),
  );
  const member = leaf((command) =>
    command
      .addArgument(new Argument('<group>').choices(['admin', 'manage']))
      .addArgument(withCompleter(new Argument('<user...>'), names('alana', 'cody')))
      .addOption(new Option('--json', 'print the member as JSON')),
  );
  const contents: readonly Entry[] = [
    entry(
      'clusters',
      leaf(() => undefined),
      { aliases: ['list-clusters'] },
    ),
    entry('cluster', cluster),
    entry('quota', { ...cluster, verbs: [entry('resize', resize), entry('dev', resize)] }),
    entry(
      'internal',
      leaf(() => undefined),
      { hidden: true, aliases: ['insider'] },
    ),
    entry('uaa', { contents: [entry('member', { contents: [entry('add', member)] })] }),
    entry(
      'broken',
      leaf(() => {
        throw new Error('cannot be defined');
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

/** The sample commands use no other services. */
const services = () => ({ link: findLink('tpks') }) as RunningServices;
const refresh = () => Promise.resolve();

async function complete(...words: string[]) {
  const { contents, loaded } = createSample();
  const completion = await suggest(words, { contents, globalOptions, services, refresh });
  return { ...completion, loaded, values: completion.suggestions.map(({ value }) => value) };
}

describe('completing a command', () => {
  test('suggests all that are not hidden, with their summaries, without loading any', async () => {
    const { suggestions, files, loaded } = await complete('');
    expect(suggestions).toEqual(
      ['clusters', 'cluster', 'quota', 'uaa', 'broken', 'create'].map((value) => ({
        value,
        description: `about ${value}`,
      })),
    );
    expect({ files, loaded }).toEqual({ files: false, loaded: [] });
  });

  test.each([
    ['commands with a prefix', ['clus'], ['clusters', 'cluster']],
    ['an alias if no name matches', ['list'], ['list-clusters']],
    ['no alias of a hidden command', ['ins'], []],
    ['nothing for an unknown prefix', ['zzz'], []],
    ['commands of a group', ['uaa', 'member', ''], ['add']],
    [
      'commands of a group after global options',
      ['--json', '--context', 'x', 'uaa', ''],
      ['member'],
    ],
    ['commands of a group after a global option with =', ['--context=x', 'uaa', ''], ['member']],
    [
      'all commands if there are no words',
      [],
      ['clusters', 'cluster', 'quota', 'uaa', 'broken', 'create'],
    ],
    ['nothing after an unknown command', ['nothing', ''], []],
  ])('suggests %s', async (_case, words, values) => {
    expect((await complete(...words)).values).toEqual(values);
  });

  test('loads only the commands that argv contains', async () => {
    expect((await complete('uaa', 'member', 'add', '')).loaded).toEqual(['uaa', 'member', 'add']);
  });

  test('resolves an alias to its command', async () => {
    expect((await complete('list-clusters', '--j')).values).toEqual(['--json']);
  });

  test('fails if a command cannot be defined; the caller ignores the error', async () => {
    await expect(complete('broken', '')).rejects.toThrow('cannot be defined');
  });
});

describe('completing after a noun', () => {
  test.each([
    ['its verbs and its values', ['quota', ''], ['resize', 'dev', 'dev-1', 'dev-2', 'prod']],
    ['verbs and values with a prefix', ['quota', 'dev'], ['dev', 'dev-1', 'dev-2']],
    ['no verb after a value', ['quota', 'prod', 're'], []],
    ['the values of a verb', ['quota', 'resize', ''], ['dev-1', 'dev-2']],
    ['the flags of the noun', ['quota', '--de'], ['--details']],
    ['the flags of a verb', ['quota', 'resize', '--'], ['--wait', '--json', '--context', '--help']],
  ])('suggests %s', async (_case, words, values) => {
    expect((await complete(...words)).values).toEqual(values);
  });
});

describe('completing a flag', () => {
  test('suggests options of the command before global ones, long forms before short ones', async () => {
    expect((await complete('cluster', '-')).values).toEqual([
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
    ['flags with a prefix', ['cluster', '--de'], ['--details']],
    ['global flags in a group', ['uaa', '--'], ['--json', '--context', '--help']],
    ['no flags that are already on the line', ['cluster', '--details', '--de'], []],
    ['no flags that are on the line in their short form', ['cluster', '-o', 'json', '--ou'], []],
    ['flags of the command after an argument', ['cluster', 'dev-1', '--de'], ['--details']],
    [
      'variadic flags that are already on the line',
      ['cluster', '--scopes', 'read', '--sc'],
      ['--scopes'],
    ],
    [
      'repeatable flags that are already on the line',
      ['cluster', '-H', 'a: b', '--hea'],
      ['--header'],
    ],
    ['none that are hidden', ['cluster', '--secret'], []],
    [
      'one of the command instead of a global one of the same name',
      ['uaa', 'member', 'add', '--js'],
      ['--json'],
    ],
    ['none after --', ['cluster', '--', '--de'], []],
    ['all of them if no arguments are left', ['clusters', ''], ['--json', '--context', '--help']],
    ['none for a word that is not a flag', ['clusters', 'x'], []],
  ])('suggests %s', async (_case, words, values) => {
    expect((await complete(...words)).values).toEqual(values);
  });

  test('suggests flags with their descriptions', async () => {
    const { suggestions } = await complete('uaa', 'member', 'add', '--js');
    expect(suggestions).toEqual([{ value: '--json', description: 'print the member as JSON' }]);
  });
});

describe('completing a value', () => {
  test.each([
    ['choices of an option', ['cluster', '--output', ''], ['json', 'jsonl', 'table']],
    ['choices of an option with a prefix', ['cluster', '-o', 'js'], ['json', 'jsonl']],
    ['choices of an option after =', ['cluster', '--output=t'], ['--output=table']],
    ['none after = of a flag without a value', ['cluster', '--details='], []],
    ['none after = of an unknown flag', ['cluster', '--what='], []],
    ['those from a completer', ['--context', 'cody'], ['cody@a', 'cody@b']],
    [
      'those from a completer after =',
      ['clusters', '--context=c'],
      ['--context=cody@a', '--context=cody@b'],
    ],
    ['choices of a variadic option', ['cluster', '--scopes', 'read', 'w'], ['write']],
    [
      'choices of an option with an optional value',
      ['cluster', '--color', ''],
      ['always', 'never'],
    ],
    ['a flag instead of an optional value', ['cluster', '--color', '--de'], ['--details']],
    ['values of an argument', ['cluster', 'dev'], ['dev-1', 'dev-2']],
    ['values of the second argument', ['uaa', 'member', 'add', 'admin', ''], ['alana', 'cody']],
    ['values of a variadic argument', ['uaa', 'member', 'add', 'admin', 'x', 'co'], ['cody']],
    ['values of an argument after flags', ['cluster', '-o', 'json', '--details', 'pr'], ['prod']],
    ['values of an argument after --', ['cluster', '--', 'pr'], ['prod']],
    [
      'values of an argument after a short flag with its value',
      ['cluster', '-ojson', 'pr'],
      ['prod'],
    ],
    ['choices after combined short flags', ['cluster', '-ho', 'ta'], ['table']],
    [
      'values after an option whose value starts with a dash',
      ['cluster', '-H', '--', 'pr'],
      ['prod'],
    ],
    ['nothing for an option without choices', ['cluster', '-H', ''], []],
  ])('suggests %s', async (_case, words, values) => {
    expect((await complete(...words)).values).toEqual(values);
  });

  test.each([
    ['an option that takes a file', ['cluster', '--ca-cert', ''], true],
    ['an option that takes a file, after =', ['cluster', '--ca-cert=ab'], true],
    ['an argument that takes a file', ['create', ''], true],
    ['an argument that does not take a file', ['cluster', ''], false],
  ])('reports whether the shell should complete file names (%s)', async (_case, words, files) => {
    expect((await complete(...words)).files).toBe(files);
  });
});

describe('a completer', () => {
  async function suggestWith(completer: Completer, update = refresh) {
    const define = leaf((command) =>
      command.addArgument(withCompleter(new Argument('<name>').choices(['always']), completer)),
    );
    const contents = [{ name: 'one', summary: '', load: () => Promise.resolve(define) }];
    const deps = { contents, globalOptions: [], services, refresh: update };
    return (await suggest(['one', ''], deps)).suggestions.map(({ value }) => value);
  }

  test.each<[string, () => Promise<readonly string[]>]>([
    ['that rejects', () => Promise.reject(new Error('no network'))],
    [
      'that throws',
      () => {
        throw new Error('a bug');
      },
    ],
    ['that returns nothing', names()],
  ])('%s does not affect other suggestions', async (_case, completer) => {
    expect(await suggestWith(completer)).toEqual(['always']);
  });

  test('reads cached names after they were updated', async () => {
    let cached = ['old'];
    const completer: Completer = Object.assign(() => Promise.resolve(cached), {
      source: { role: 'pks', names: 'clusters' } as const,
    });
    const update = () => {
      cached = ['new'];
      return Promise.resolve();
    };
    expect(await suggestWith(completer, update)).toEqual(['always', 'new']);
  });

  test('cannot suggest control characters, flags, empty values or duplicates', async () => {
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
    expect(await suggestWith(completer)).toEqual(['always', 'ok']);
  });
});

test('services receive the global options, no matter where they are on the line', async () => {
  const received: unknown[] = [];
  const define = leaf((command) =>
    command.addArgument(
      withCompleter(new Argument('<name>'), () => {
        received.push(opts());
        return Promise.resolve([]);
      }),
    ),
  );
  let opts: () => unknown = () => undefined;
  await suggest(['--json', 'one', '--context', 'cody@b', ''], {
    contents: [{ name: 'one', summary: '', load: () => Promise.resolve(define) }],
    globalOptions,
    refresh,
    services: (read) => {
      opts = read;
      return services();
    },
  });
  expect(received).toEqual([{ json: true, context: 'cody@b' }]);
});

test.each([
  ['no suggestions', [], false, ':none\n'],
  ['file names only', [], true, ':files\n'],
  [
    'suggestions with and without a description',
    [
      { value: 'clusters', description: 'list them' },
      { value: 'dev-1' },
      { value: 'x', description: '' },
    ],
    false,
    'clusters\tlist them\ndev-1\nx\n:none\n',
  ],
  [
    'a description with line breaks and control characters',
    [{ value: 'a', description: 'b\nrm -rf\t\u001b[2J' }],
    false,
    'a\tb\\nrm -rf\\t\\x1b[2J\n:none\n',
  ],
])('formats %s', (_case, suggestions, files, text) => {
  expect(formatCompletion({ suggestions, files })).toBe(text);
});
