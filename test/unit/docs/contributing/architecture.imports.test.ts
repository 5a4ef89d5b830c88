import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('no files of src import each other in a circle', () => {
  const imports = readImports();
  expect(imports.get('main.ts')).toEqual(['cli/start.ts']);
  expect(imports.get('cli/start.ts')).toContain('cli/run.ts');
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

/** The imports of each file of `src`, including types and `import()`. */
function readImports(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => {
      const names = readFileSync(join('src', file), 'utf8').matchAll(
        /\b(?:from |import\(|import )'([^']+)'/g,
      );
      return [file, [...names].flatMap(([, name = '']) => resolveImport(file, name))];
    }),
  );
}

/** @returns at least one circle, if there are any, as the path from a file to itself. */
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

const { imports: runtimeFiles } = JSON.parse(readFileSync('src/package.json', 'utf8')) as {
  imports: Record<string, Record<string, string>>;
};

/** @returns paths below `src`; none for packages. A name such as `#send` has a file for each runtime. */
function resolveImport(importer: string, name: string): readonly string[] {
  if (name.startsWith('#')) {
    return Object.values(runtimeFiles[name] ?? {}).map((file) => join(file));
  }
  return name.startsWith('.') ? [join(importer, '..', name).replace(/\.js$/, '.ts')] : [];
}
