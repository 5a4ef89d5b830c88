import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findMissingPart } from '../../../support/checks/pages.js';

const files = ['src', 'test', 'tools', 'packaging'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[mc]?[jt]s$/.test(file))
    .map((file) => join(folder, file)),
);

test('references to pages in docs name a page and a heading that exist', () => {
  const references = find(/(?<![\w-]\/)\bdocs\/(?:[\w-]+\/)*[\w-]+\.md(?:#[\w-]+)?/g);
  expect(references.length).toBeGreaterThan(40);
  const problems = references.flatMap(({ place, text }) => {
    const [path = '', anchor] = text.split('#');
    const problem = findMissingPart(path, anchor);
    return problem === undefined ? [] : `${place}: correct the reference ${text}: ${problem}`;
  });
  expect(problems).toEqual([]);
});

test('references to facts about servers name a page in docs', () => {
  const names = '(?:real-)?(?:uaa|kubernetes)|uaa-(?:api|cli|77)|uaac|pks-(?:api|cli)';
  const advice =
    'refer to a heading of a page in docs/contributing/servers, see docs/contributing/writing.md';
  const problems = find(
    new RegExp(`@see (?:${names})\\b|\\b(?:${names})(?:\\.md)?, (?:section|route)`, 'g'),
  ).map(({ place, text }) => `${place}: "${text}": ${advice}`);
  expect(problems).toEqual([]);
});

interface Match {
  /** File and line. */
  readonly place: string;
  readonly text: string;
}

function find(pattern: RegExp): readonly Match[] {
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(pattern)].map(([text]) => ({
          place: `${file}:${String(index + 1)}`,
          text,
        })),
      ),
  );
}
