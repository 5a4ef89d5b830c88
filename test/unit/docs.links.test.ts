import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findMissingPart, readWithoutCodeBlocks, toAnchor } from '../support/checks/pages.js';

const guides = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('commands'))
  .map((file) => join('docs', file));
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...guides];

test.each(pages)('%s links only to files and headings that exist', (page) => {
  const text = readWithoutCodeBlocks(page).replace(/`[^`]*`/g, '');
  const links = [...text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)];
  const problems = links.flatMap(([, target = '']) => {
    const [file = '', anchor] = target.split('#');
    const problem = findMissingPart(file === '' ? page : join(dirname(page), file), anchor);
    return problem === undefined ? [] : `${page}: correct the link ${target}: ${problem}`;
  });
  expect(problems).toEqual([]);
});

test.each([
  ['Refresh tokens', 'refresh-tokens'],
  ['`--json` and [tables](formatting.md)', '--json-and-tables'],
  ["The UAA's errors: 401, 403", 'the-uaas-errors-401-403'],
])('the heading %j has the anchor of GitHub', (heading, anchor) => {
  expect(toAnchor(heading)).toBe(anchor);
});
