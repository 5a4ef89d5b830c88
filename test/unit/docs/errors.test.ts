import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

test('each error text of docs/errors.md occurs in src', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('sandbox'),
  );
  const pieces = new Set(
    files.flatMap((file) => findPieces(readFileSync(join('src', file), 'utf8'))),
  );
  const texts = findTexts(readFileSync('docs/errors.md', 'utf8'));
  expect(texts.length).toBeGreaterThan(35);
  expect(texts.filter((text) => !isPrinted(text, pieces))).toEqual([]);
});

const code = [
  "const problem = 'is signed by an ' + 'unknown authority';",
  'const message = `The certificate of ${host} ${problem}`;',
].join('\n');

test.each([
  ['The certificate of HOST is signed by an unknown authority', true],
  ['The certificate of HOST is signed by an unknown person', false],
  ['A certificate of HOST is signed by an unknown authority', false],
])('whether "%s" occurs in an example: %p', (text, expected) => {
  expect(isPrinted(text, new Set(findPieces(code)))).toBe(expected);
});

test('a text of another program is not compared with src', () => {
  const page = '### `Not found: NAME`\n\n### `Unauthorized` (kubectl)\n\nText.\n';
  expect(findTexts(page)).toEqual(['Not found: NAME']);
});

/** The texts in the headings of the page, except those marked with another program, e.g. `(kubectl)`. */
function findTexts(page: string): readonly string[] {
  return [...page.matchAll(/^### `(.+)`$/gm)].map(([, text = '']) => text);
}

/** Splits a text at its placeholders, which are words in capitals and numbers. Omits the punctuation next to them. */
function splitText(text: string): readonly string[] {
  return text
    .split(/\b(?:[A-Z][A-Z_]{2,}|\d+)\b/)
    .map((part) => part.replaceAll(/^[^a-zA-Z]+|[^a-zA-Z]+$/g, ''))
    .filter((part) => part !== '');
}

/** The parts of the string and template literals in a source file. */
function findPieces(source: string): readonly string[] {
  const pieces: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) pieces.push(node.text);
    if (ts.isTemplateMiddleOrTemplateTail(node)) pieces.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return pieces.flatMap(splitText);
}

/** Whether each part of a text between its placeholders is a piece, or consists of several pieces. */
function isPrinted(text: string, pieces: ReadonlySet<string>): boolean {
  const isKnown = (part: string): boolean =>
    pieces.has(part) ||
    [...part.matchAll(/[^a-zA-Z]+/g)].some(
      ({ index, 0: separator }) =>
        index > 2 &&
        pieces.has(part.slice(0, index)) &&
        isKnown(part.slice(index + separator.length)),
    );
  return splitText(text).every(isKnown);
}
