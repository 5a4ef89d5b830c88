import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  alwaysQuoteForShell,
  quoteForPosixShell,
  quoteForShell,
} from '../../../src/base/shell-quote.js';

const { platform } = process;
afterEach(() => {
  pretendPlatform(platform);
});

function pretendPlatform(value: NodeJS.Platform): void {
  Object.defineProperty(process, 'platform', { value, configurable: true });
}

test.each(['cody', '', "o'neil", '$(id) `id` "x" \\', '*', 'ü;|&', 'a\nb'])(
  'quotes %j so that a shell reads the same word',
  (word) => {
    const script = `printf %s ${quoteForShell(word)}; printf '|'; printf %s ${alwaysQuoteForShell(word)}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${word}|${word}`);
  },
);

test('does not quote a word that needs no quotes', () => {
  expect(quoteForShell('pks.clusters.manage')).toBe('pks.clusters.manage');
});

describe('on Windows', () => {
  test.each([
    ['cody@api.example.com', 'cody@api.example.com'],
    ['C:\\tpks\\config.json', 'C:\\tpks\\config.json'],
    ['', '""'],
    ['C:\\Program Files\\tpks', '"C:\\Program Files\\tpks"'],
    ['C:\\my folder\\', '"C:\\my folder\\\\"'],
    ["o'neil", '"o\'neil"'],
    ['a,b', '"a,b"'],
    ['@file', '"@file"'],
    ['a&b|c>d;e', '"a&b|c>d;e"'],
    ['service$', '"service$"'],
    ['100%', '"100%"'],
  ])('%j is written so that cmd.exe and PowerShell read the same word', (word, expected) => {
    pretendPlatform('win32');
    expect(quoteForShell(word)).toBe(expected);
    expect(alwaysQuoteForShell(word)).toBe(`"${expected.replace(/^"|"$/g, '')}"`);
  });

  test.each([
    ['a"&calc&"', '"a?&calc&?"'],
    ['a\u201d;calc;\u201c', '"a?;calc;?"'],
    ['$(calc)', '"?(calc)"'],
    ['$HOME', '"?HOME"'],
    ['`ncalc', '"?ncalc"'],
    ['%PATH%', '"?PATH%"'],
  ])('%j cannot be quoted, so it becomes another word that runs nothing', (word, expected) => {
    pretendPlatform('win32');
    expect(quoteForShell(word)).toBe(expected);
  });

  test('a line for a POSIX shell has the quotes of that shell', () => {
    pretendPlatform('win32');
    expect(quoteForPosixShell('$HOME')).toBe("'$HOME'");
  });
});
