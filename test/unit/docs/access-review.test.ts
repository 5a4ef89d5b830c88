import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findingIds } from '../../../src/domain/access-review/report.js';

test('docs/access-review.md explains each finding in a row of a table', () => {
  const page = readFileSync('docs/access-review.md', 'utf8');
  const rows = page.matchAll(/^\| `((?:user|group|client|provider|binding)-[a-z-]+)` +\|/gm);
  expect(Array.from(rows, ([, id]) => id)).toEqual(findingIds);
});
