import { expect, test } from '@jest/globals';
import { wrapHint, wrapWords } from '../../../../src/platform/terminal/wrap.js';

test('a text is broken between words, and the other lines are indented', () => {
  expect(wrapWords('one two three', 2, 10)).toBe('one two\n  three');
  expect(wrapWords('one extraordinary word', 0, 10)).toBe('one\nextraordinary\nword');
});

test('a command in a hint stays on one line', () => {
  expect(wrapHint('log in: tpks login -a h, or wait', 0, 20)).toBe(
    'log in:\ntpks login -a h, or\nwait',
  );
  expect(wrapHint('   bash -c "x y z" | cat', 0, 10)).toBe('   bash -c "x y z" | cat');
});

test('the lines of a list item are aligned', () => {
  expect(wrapHint('1. start one or more', 2, 14)).toBe('1. start\n     one or\n     more');
});
