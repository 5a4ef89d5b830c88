import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { version } from '../../src/base/version.js';
import { findRowProblems } from '../support/checks/rows.js';

interface Package {
  readonly version: string;
  readonly repository: { readonly url: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface Lock {
  readonly version: string;
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

const read = (path: string) => readFileSync(path, 'utf8');
const packageJson = JSON.parse(read('package.json')) as Package;
const lock = JSON.parse(read('package-lock.json')) as Lock;

test('the version is the same in the program, package.json and the lock file', () => {
  expect(version).toBe(packageJson.version);
  expect(lock.version).toBe(packageJson.version);
});

test('the changelog has a section with a date for the version', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## \[([\d.]+)\] - \d{4}-\d{2}-\d{2}$/gm)];
  expect(headings[0]?.[1]).toBe(packageJson.version);
});

// npm warns about scripts that are neither allowed nor denied.
test('no dependency may run an install script, and all that have one are listed', () => {
  const names = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  const file = 'allowScripts of package.json';
  const rows = Object.keys(packageJson.allowScripts);
  const help = 'the value is false';
  expect(findRowProblems({ file, rows, expected: names, help })).toEqual([]);
  expect(Object.values(packageJson.allowScripts)).not.toContain(true);
});

// npm pack adds the list, and removes it afterwards.
test('package.json does not list the man pages', () => {
  expect(packageJson).not.toHaveProperty('man');
});

// npm runs these when a user installs the package from a folder or from Git, and warns about them.
test.each(['preinstall', 'install', 'postinstall', 'prepare'])(
  'the package has no script named %s',
  (name) => {
    expect(packageJson.scripts).not.toHaveProperty(name);
  },
);

test('docs/contributing/architecture.md names the versions of the main packages, and files that use them', () => {
  const [, table = ''] =
    /^### Packages\n(.*?)^### /ms.exec(read('docs/contributing/architecture.md')) ?? [];
  const rows = [...table.matchAll(/^\| (\S+?)(?: (\d+))?(?:, .*?)? +\|.*?\| (`.*?) +\|/gm)];
  expect(rows.length).toBeGreaterThan(10);
  const installed = { ...packageJson.dependencies, ...packageJson.devDependencies };
  for (const [, name = '', version = '', files = ''] of rows) {
    expect(installed).toMatchObject({ [name]: expect.stringContaining(`^${version}`) });
    for (const [, file = ''] of files.matchAll(/`(.+?)`/g)) expect(read(file)).toContain(name);
  }
});

// CI runs exactly these lines.
test.each(['npm ci && npm run demo', 'npm ci && npm test'])(
  'the README has the line %s',
  (line) => {
    expect(read('README.md').split('\n')).toContain(line);
  },
);

test('the README contains no install commands that work only after the first release', () => {
  expect(read('README.md')).not.toMatch(/curl .*\| |brew |npm install -g tpks|\/releases\b/);
});

test.each(['docs/install.md', 'docs/ci.md', 'Dockerfile'])(
  '%s names only the repository in package.json, and the current version',
  (path) => {
    const [, name = ''] = /github\.com\/(.+)\.git$/.exec(packageJson.repository.url) ?? [];
    const text = read(path);
    const repositories = text.matchAll(/(?:github\.com\/|ghcr\.io\/|--repo )([\w-]+\/[\w.-]*\w)/g);
    for (const [, repository] of repositories) expect(repository).toBe(name);
    const versions = text.matchAll(/(?:download v|download\/v|:|tag: |tpks[_-])(\d+\.\d+\.\d+)\b/g);
    for (const [, found] of versions) expect(found).toBe(packageJson.version);
  },
);
