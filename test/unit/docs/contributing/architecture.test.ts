import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { findRowProblems } from '../../../support/checks/rows.js';

const map = 'docs/contributing/architecture.md';
const guide = 'CONTRIBUTING.md';
const examples = findExamples();

test.each([map, guide])('%s names only files and folders that exist', (page) => {
  const isExample = (path: string) =>
    examples.some((each) => each.isNew && `${each.path}/`.startsWith(`${path}/`));
  const missing = findPaths(page).filter((path) => !existsSync(path) && !isExample(path));
  expect(missing.map((path) => `${path} does not exist: correct the path in ${page}`)).toEqual([]);
});

test('the picture of the folders in the map shows all folders of src', () => {
  const [, picture = ''] = /^## Folders\n.*?^```text\n(.*?)^```/ms.exec(read(map)) ?? [];
  let folder = '';
  const shown: string[] = [];
  for (const [, indent = '', name = ''] of picture.matchAll(/^( +)\|? ?([\w-]+)\/ /gm)) {
    if (indent.length === 1) folder = name;
    shown.push(indent.length === 1 ? name : `${folder}/${name}`);
  }
  const inner = ['api', 'domain', 'platform'].flatMap((name) =>
    listFolders(`src/${name}`).map((each) => `${name}/${each}`),
  );
  const expected = [...listFolders('src'), ...inner];
  const help = 'the picture below the heading Folders';
  expect(findRowProblems({ file: map, rows: shown, expected, help })).toEqual([]);
});

test('the examples in CONTRIBUTING.md compile', () => {
  expect(examples.filter(({ isNew }) => isNew).length).toBeGreaterThan(5);
  const texts = new Map<string, string>();
  for (const { path, isNew, code } of examples) {
    const text = isNew ? code : insert(code, texts.get(resolve(path)) ?? read(path));
    texts.set(resolve(path), text);
  }
  expect(compile(texts)).toEqual([]);
});

test('test/unit and test/sandbox have the folders and names of what they test', () => {
  const misplaced = [
    ...listTests('test/unit').filter((path) => !hasSubject('src', path) && !hasSubject('.', path)),
    ...listTests('test/sandbox').filter((path) => !hasSubject('src/sandbox', path)),
  ];
  const advice = 'name it after a file or a folder, as in run.test.ts or run.invalid-words.test.ts';
  expect(misplaced.map((path) => `${path}: ${advice}`)).toEqual([]);
});

function listTests(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts'));
}

/** Whether a folder contains what a test is named after; the name can continue with a topic after a dot. */
function hasSubject(folder: string, test: string): boolean {
  const parent = join(folder, dirname(test));
  const [subject = ''] = basename(test).split('.');
  return existsSync(parent) && readdirSync(parent).some((name) => name.split('.')[0] === subject);
}

interface Example {
  /** The file that contains the code. */
  readonly path: string;
  /** Whether the reader creates the file. Otherwise, the code is added to an existing file. */
  readonly isNew: boolean;
  readonly code: string;
}

/** Finds the code in the numbered steps of the guide. It belongs to the first file that the step names. */
function findExamples(): readonly Example[] {
  return read(guide)
    .split(/^(?=\d+\. |#)/m)
    .flatMap((step) => {
      const [, create, path = ''] =
        /(Create |Test it in )?(?:`|\]\()((?:src|test)\/[\w./-]+\.ts)[`)]/.exec(step) ?? [];
      return [...step.matchAll(/^ *```ts\n(.*?)^ *```$/gms)].map(([, block = '']) => {
        const code = block.replace(/^ {3}/gm, '');
        if (path === '') throw new Error(`Name the file of this example in ${guide}:\n${code}`);
        return { path, isNew: create !== undefined, code };
      });
    });
}

/** Adds imports at the start of a file, and other code before the first line that starts like it. */
function insert(code: string, text: string): string {
  if (code.startsWith('import ')) return code + text;
  const [start = ''] = /^\W+?(?=\s|\w)/.exec(code) ?? [];
  const lines = text.split('\n');
  const index = lines.findIndex((line) => start !== '' && line.trim().startsWith(start));
  if (index === -1) throw new Error(`Nothing in the file is similar to this example:\n${code}`);
  return lines.toSpliced(index, 0, code).join('\n');
}

/** Checks the types of files that exist only in memory. @returns one line for each problem. */
function compile(texts: ReadonlyMap<string, string>): readonly string[] {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => read(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, '.');
  const folders = new Set([...texts.keys()].map((path) => dirname(path)));
  const host = ts.createCompilerHost({ ...options, incremental: false });
  const program = ts.createProgram([...texts.keys()], options, {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    directoryExists: (path) => folders.has(path) || existsSync(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile(path, version) {
      const text = texts.get(path);
      return text === undefined
        ? host.getSourceFile(path, version)
        : ts.createSourceFile(path, text, version);
    },
  });
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    const problems = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return problems.map(({ start = 0, messageText }) => {
      const [line = ''] = /^.*/.exec(texts.get(path)?.slice(start) ?? '') ?? [];
      const message = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `Correct the example for ${relative('.', path)} in ${guide}, at "${line}": ${message}`;
    });
  });
}

/** Finds the paths in commands and in inline code. */
function findPaths(page: string): readonly string[] {
  const text = read(page);
  const commands = [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)];
  const inlineCode = text.replace(/^ *```.*?^ *```$/gms, '').matchAll(/`([^`]+)`/g);
  const words = [...commands, ...inlineCode].flatMap(([, code = '']) => code.split(/[\s']+/));
  return words.flatMap(expandBraces).flatMap(toPath);
}

/** Expands the first braces, as in `api/{pks,uaa}`. */
function expandBraces(word: string): readonly string[] {
  const [, before = '', names, after = ''] = /^(.*?)\{(.+?)\}(.*)$/.exec(word) ?? [];
  return names?.split(',').map((name) => before + name + after) ?? [word];
}

/** @returns the path from the root of the repository, up to the first pattern; nothing for other words. */
function toPath(word: string): readonly string[] {
  const [first = '', ...rest] = word.replace(/[^/]*\*.*$/, '').split('/');
  if (rest.length === 0) return [];
  const path = [first, ...rest].join('/');
  if (['.ci', '.github', 'bin', 'docs', 'packaging', 'src', 'test', 'tools'].includes(first)) {
    return [path];
  }
  return listFolders('src').includes(first) ? [`src/${path}`] : [];
}

function listFolders(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
