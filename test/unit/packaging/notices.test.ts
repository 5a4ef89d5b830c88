import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findRowProblems } from '../../support/checks/rows.js';

const notices = readFileSync('THIRD_PARTY_NOTICES.txt', 'utf8');

/** @returns the packages in the bundle, with their versions. */
function listBundledPackages(): readonly string[] {
  const { inputs } = JSON.parse(readFileSync('dist/meta.json', 'utf8')) as { inputs: object };
  const folders = Object.keys(inputs).flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].map((folder) => {
    const text = readFileSync(`${folder}/package.json`, 'utf8');
    const { name, version } = JSON.parse(text) as { name: string; version: string };
    return `${name} ${version}`;
  });
}

test('the notices contain exactly the licenses of the bundled packages', () => {
  const headings = [...notices.matchAll(/^={80}\n(\S+ \S+) \(.+\)\n={80}\n\n\S/gm)];
  const problems = findRowProblems({
    file: 'THIRD_PARTY_NOTICES.txt',
    rows: headings.map(([, title = '']) => title),
    expected: listBundledPackages(),
    help: 'run npm run notices',
  });
  expect(problems).toEqual([]);
});

test('the notices contain no local paths and no registry', () => {
  expect(notices).not.toMatch(/node_modules|registry|\/(?:home|Users|root|tmp|work)\//);
});
