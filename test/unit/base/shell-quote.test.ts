import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alwaysQuoteForShell, quoteForShell, splitWords } from '../../../src/base/shell-quote.js';

test.each(['cody', '', "o'neil", '$(id) `id` "x" \\', '*', 'ü;|&', 'a\nb'])(
  'quotes %j so that a POSIX shell reads the same word',
  (word) => {
    const script = `printf %s ${quoteForShell(word, 'posix')}; printf '|'; printf %s ${alwaysQuoteForShell(word, 'posix')}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${word}|${word}`);
  },
);

test('does not quote a word that needs no quotes', () => {
  expect(quoteForShell('pks.clusters.manage', 'posix')).toBe('pks.clusters.manage');
});

test.each([
  ['cody@api.example.com', 'cody@api.example.com'],
  ['C:\\tpks\\config.json', 'C:\\tpks\\config.json'],
  ['', "''"],
  ['C:\\Program Files\\', "'C:\\Program Files\\'"],
  ["o'neil", "'o''neil'"],
  ['a\u2019b', "'a\u2019\u2019b'"],
  ['a,b', "'a,b'"],
  ['@file', "'@file'"],
  ['$(calc) `n "$HOME" %PATH%', '\'$(calc) `n "$HOME" %PATH%\''],
  ['a&b|c>d;e', "'a&b|c>d;e'"],
])('quotes %j so that PowerShell reads the same word', (word, expected) => {
  expect(quoteForShell(word, 'powershell')).toBe(expected);
  expect(alwaysQuoteForShell(word, 'powershell')).toBe(`'${expected.replace(/^'|'$/g, '')}'`);
});

describe('without a shell', () => {
  const { platform, env } = process;
  afterEach(() => {
    pretend(platform, env['SHELL']);
  });

  test.each([
    { platform: 'linux', shell: undefined, expected: `'o'\\''neil'` },
    { platform: 'win32', shell: '/usr/bin/bash', expected: `'o'\\''neil'` },
    { platform: 'win32', shell: undefined, expected: "'o''neil'" },
  ] as const)('quotes for the shell on $platform if SHELL is $shell', (system) => {
    pretend(system.platform, system.shell);
    expect(quoteForShell("o'neil")).toBe(system.expected);
  });

  function pretend(value: NodeJS.Platform, shell: string | undefined): void {
    Object.defineProperty(process, 'platform', { value, configurable: true });
    process.env = { ...env };
    delete process.env['SHELL'];
    if (shell !== undefined) process.env['SHELL'] = shell;
  }
});

describe('splitWords', () => {
  test('finds the words that were quoted', () => {
    const anyWords = fc.array(fc.string({ unit: 'grapheme' }));
    const spaces = fc.stringMatching(/^[ \t\n]+$/);
    fc.assert(
      fc.property(anyWords, spaces, (words, space) => {
        const quoted = words.map((word) => quoteForShell(word, 'posix'));
        expect(splitWords(quoted.join(space))).toEqual(words);
        expect(splitWords(`${space}${quoted.join(space)}${space}`)).toEqual(words);
      }),
    );
  });

  test.each([
    'vault kv get -field=password secret/tpks',
    `a'b c'"d e"f\\ g '' ""`,
    `"a\\"b" 'a\\b' "a\\b" \\a \\"`,
    `"o'neil" '"' "\\$HOME \\\`id\\\`"`,
    '\\\na "b\\\nc" d',
    'ü "ü ü"',
  ])('splits %j as a POSIX shell', (command) => {
    const output = execFileSync('sh', ['-c', `printf '%s|' ${command}`], { encoding: 'utf8' });
    expect(splitWords(command)).toEqual(output.split('|').slice(0, -1));
  });

  test('expands nothing', () => {
    expect(splitWords('echo $HOME *.txt ~ "`id`" | cat > a')).toEqual([
      ...['echo', '$HOME', '*.txt', '~', '`id`', '|', 'cat', '>', 'a'],
    ]);
  });

  test.each([`a 'b`, 'a "b', 'a "b\\"', 'a \\'])(
    'does not split the incomplete command %j',
    (command) => {
      expect(splitWords(command)).toBeUndefined();
    },
  );
});
