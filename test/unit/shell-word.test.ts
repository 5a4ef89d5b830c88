import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { quoted, shellWord } from '../../src/shell-word.js';

test.each(['cody', '', "o'neil", '$(id) `id` "x" \\', '*', 'ü;|&', 'a\nb'])(
  'a shell reads %j as it is',
  (word) => {
    const script = `printf %s ${shellWord(word)}; printf '|'; printf %s ${quoted(word)}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${word}|${word}`);
  },
);

test('what needs no quotes has none', () => {
  expect(shellWord('pks.clusters.manage')).toBe('pks.clusters.manage');
});
