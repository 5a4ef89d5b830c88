import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { alwaysQuoteForShell, quoteForShell } from '../../src/shell-quote.js';

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
