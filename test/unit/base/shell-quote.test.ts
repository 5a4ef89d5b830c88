import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import { alwaysQuoteForShell, quoteForShell } from '../../../src/base/shell-quote.js';

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
