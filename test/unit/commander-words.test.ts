import { expect, test } from '@jest/globals';
import { toCommanderWords } from '../../src/commander-words.js';

test.each([
  ['-o json plans', 'plans -o json'],
  ['-o=json plans', 'plans -o json'],
  ['-o xml plans', 'plans -o xml'],
  ['--json --output=xml plans', '--json plans --output xml'],
  ['-o json -- plans', '-o json -- plans'],
])('toCommanderWords rewrites "%s" so that the command receives the format', (typed, expected) => {
  expect(toCommanderWords(typed.split(' '), []).join(' ')).toBe(expected);
});

test.each(['uaa password change erin -o xml --yes', 'plans -o', '-o'])(
  'toCommanderWords leaves "%s" unchanged',
  (typed) => {
    expect(toCommanderWords(typed.split(' '), []).join(' ')).toBe(typed);
  },
);
