import { expect, test } from '@jest/globals';
import { formatCompletion } from '../../../src/completion/suggest.js';

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
