import { expect, test } from '@jest/globals';
import { toCommanderWords } from '../../src/commander-words.js';

test.each([
  ['-o json plans', 'plans -o json'],
  ['-o=json plans', 'plans -o json'],
  ['-o xml plans', 'plans -o xml'],
  ['--json --output=xml plans', '--json plans --output xml'],
  ['--context ci -o xml plans', '--context ci plans -o xml'],
  ['uaa --output xml users', 'uaa users --output xml'],
  ['--output=json=x plans', 'plans --output json=x'],
  // This -o has another meaning, but its place does not matter.
  ['uaa password change erin -o xml --yes', 'uaa password change erin --yes -o xml'],
  ['-o json -- plans', '-o json -- plans'],
])('toCommanderWords rewrites "%s" so that the command receives the format', (typed, expected) => {
  expect(toCommanderWords(typed.split(' '), []).join(' ')).toBe(expected);
});

test.each(['login -p -o -u erin', 'plans -o', '-o'])(
  'toCommanderWords leaves "%s" unchanged',
  (typed) => {
    expect(toCommanderWords(typed.split(' '), []).join(' ')).toBe(typed);
  },
);
