import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { importOrder, resolveImport } from '../../../tools/import-order.mjs';

const rule = importOrder({
  folders: [
    ['.'],
    ['cli'],
    ['commands'],
    ['app'],
    ['domain/auth', 'domain/kube'],
    ['platform/http'],
    ['base'],
    ['sandbox'],
  ],
  typesOnly: [
    { from: ['commands'], to: ['app'] },
    { from: ['domain'], to: ['platform/http'] },
  ],
  packages: { chalk: ['platform/http'] },
});

/** Returns the problems of a file in `src` with the given code. */
function findProblems(file: string, code: string): readonly string[] {
  const path = join(process.cwd(), 'src', file);
  return new Linter({ cwd: process.cwd() })
    .verify(
      code,
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { tpks: { rules: { 'import-order': rule } } },
        rules: { 'tpks/import-order': 'error' },
      },
      path,
    )
    .map(({ message }) => message.replace(/ See .*/, ''));
}

describe('allows', () => {
  test.each([
    ['a folder below', 'cli/run.ts', `import { a } from '../base/errors.js';`],
    ['the own folder', 'domain/auth/grants.ts', `import { a } from './token.js';`],
    ['the file of a name with #', 'app/services.ts', `import { send } from '#send';`],
    ['types of a service', 'commands/index.ts', `import type { A } from '../app/services.js';`],
    ['the entry of the sandbox for app', 'app/sandbox.ts', `import('../sandbox/sandbox.js');`],
    ['files outside of src', 'commands/help.ts', `import page from '../../docs/ci.md';`],
    ['packages', 'platform/http/colors.ts', `import chalk from 'chalk';`],
  ])('%s', (_name, file, code) => {
    expect(findProblems(file, code)).toEqual([]);
  });
});

describe('rejects', () => {
  test.each([
    [
      'a folder above',
      'base/errors.ts',
      `import { a } from '../cli/run.js';`,
      'base must not import cli/run.ts.',
    ],
    [
      'a type of a folder above',
      'base/errors.ts',
      `import type { A } from '../cli/run.js';`,
      'base must not import cli/run.ts.',
    ],
    [
      'a lazy import of a folder above',
      'base/errors.ts',
      `import('../cli/run.js');`,
      'base must not import cli/run.ts.',
    ],
    [
      'an export from a folder above',
      'base/errors.ts',
      `export * from '../cli/run.js';`,
      'base must not import cli/run.ts.',
    ],
    [
      'a folder in the same row',
      'domain/auth/a.ts',
      `import { a } from '../kube/b.js';`,
      'domain/auth must not import domain/kube/b.ts.',
    ],
    ['an entry point', 'cli/run.ts', `import '../main.js';`, 'cli must not import main.ts.'],
    [
      'a folder that is not listed',
      'new/file.ts',
      `import { a } from '../base/errors.js';`,
      'new/file.ts must not import base/errors.ts.',
    ],
    [
      'a value of a service',
      'commands/a.ts',
      `import { a } from '../app/services.js';`,
      'commands imports only types from app.',
    ],
    [
      'a value where only types are allowed, in an inner folder',
      'domain/auth/a.ts',
      `import { a } from '../../platform/http/send.js';`,
      'domain/auth imports only types from platform/http.',
    ],
    [
      'another file of the sandbox',
      'app/sandbox.ts',
      `import { a } from '../sandbox/clock.js';`,
      'Only app imports the sandbox, and only its entry.',
    ],
    [
      'a type of the client in the sandbox',
      'sandbox/a.ts',
      `import type { A } from '../base/errors.js';`,
      'sandbox must not import base/errors.ts.',
    ],
    [
      'a package of another folder',
      'cli/run.ts',
      `import chalk from 'chalk';`,
      'Only platform/http may import chalk.',
    ],
  ])('%s', (_name, file, code, problem) => {
    expect(findProblems(file, code)).toEqual([problem]);
  });

  test('a name with #, for the file of each runtime', () => {
    expect(findProblems('base/errors.ts', `import { send } from '#send';`)).toEqual([
      'base must not import platform/http/fetch-send.ts.',
      'base must not import platform/http/https-send.ts.',
    ]);
  });
});

/** The imports of each file of `src`, including types and `import()`. */
function readImports(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const path = join(process.cwd(), 'src', file);
      const names = readFileSync(path, 'utf8').matchAll(/\b(?:from |import\(|import )'([^']+)'/g);
      return [file, [...names].flatMap(([, name = '']) => resolveImport(path, name))];
    }),
  );
}

/** @returns each circle once, as the path from a file to itself. */
function findCircles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
    else if (!finished.has(file)) {
      for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
      finished.add(file);
    }
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

test('no files of src import each other in a circle', () => {
  const imports = readImports();
  expect(imports.get('main.ts')).toEqual(['cli/start.ts']);
  expect(imports.get('cli/start.ts')).toContain('cli/process.ts');
  expect(findCircles(imports)).toEqual([]);
});

test('a circle is reported with its files', () => {
  const imports = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', ['b.ts']],
  ]);
  expect(findCircles(imports)).toEqual(['b.ts > c.ts > b.ts']);
});
