import { expect, test } from '@jest/globals';
import { formatCompletion } from '../../../src/completion/suggest.js';

test.each([
  ['nothing', [], false, ':none\n'],
  ['files alone', [], true, ':files\n'],
  [
    'suggestions, with and without description',
    [
      { value: 'clusters', description: 'list them' },
      { value: 'dev-1' },
      { value: 'x', description: '' },
    ],
    false,
    'clusters\tlist them\ndev-1\nx\n:none\n',
  ],
  [
    'a description that would forge a line',
    [{ value: 'a', description: 'b\nrm -rf\t\u001b[2J' }],
    false,
    'a\tb\\nrm -rf\\t\\x1b[2J\n:none\n',
  ],
])('%s', (_case, suggestions, files, text) => {
  expect(formatCompletion({ suggestions, files })).toBe(text);
});
