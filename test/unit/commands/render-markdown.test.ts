import { describe, expect, test } from '@jest/globals';
import { texts } from '../../../src/commands/help.js';
import { renderMarkdown } from '../../../src/commands/render-markdown.js';

function render(markdown: string, columns = 40): string {
  const linkText = (label: string, target: string) => `${label} <${target}>`;
  return renderMarkdown(markdown, { columns, linkText }).join('\n');
}

describe('renderMarkdown', () => {
  test('prints headings and indents the text below them', () => {
    expect(render('# Exit codes\n\nText.\n\n## More\n\n### Deeper\n')).toBe(
      'EXIT CODES\n\n  Text.\n\nMore\n\n  Deeper:',
    );
  });

  test('wraps paragraphs at the screen width', () => {
    expect(render('one two three four five\nsix seven eight nine ten eleven', 30)).toBe(
      '  one two three four five six\n  seven eight nine ten eleven',
    );
  });

  test('does not break short code at a space', () => {
    expect(render('one two three four five `-o name` six', 30)).toBe(
      '  one two three four five\n  `-o name` six',
    );
  });

  test('indents the continuation lines of a list item', () => {
    expect(render('- one two three four\n  five six seven\n- eight\n\n1. nine', 24)).toBe(
      '  - one two three four\n    five six seven\n  - eight\n\n  1. nine',
    );
  });

  test('replaces links and removes emphasis, except in code', () => {
    expect(render('**See** [CI](ci.md) and `**[a](b)`')).toBe('  See CI <ci.md> and `**[a](b)`');
  });

  test('keeps the lines and the indentation of code', () => {
    expect(render('    $ tpks  clusters\n\n```yaml\na:\n\n    b: [c](d)\n```\n')).toBe(
      '    $ tpks  clusters\n\n    a:\n\n        b: [c](d)',
    );
  });

  test('prints each row of a table with its first cell above the others', () => {
    const table =
      '| Name | Meaning |\n| --- | --- |\n| `a` | one two three four |\n| b | c \\| d |';
    expect(render(table, 22)).toBe(
      ['  `a`', '      one two three', '      four', '  b', '      c | d'].join('\n'),
    );
  });

  test('prints the headings of a table with more than two columns', () => {
    const table = '| Code | Meaning | To do |\n| --- | --- | --- |\n| 4 | not logged in | log in |';
    expect(render(table)).toBe('  4\n      Meaning: not logged in\n      To do: log in');
  });

  test('joins a row without a first cell to the row above it', () => {
    expect(render('| A | B |\n| --- | --- |\n| a | one |\n| | two |')).toBe(
      '  a\n      one\n      two',
    );
  });
});

describe.each(Object.entries(texts))('help topic %s', (_topic, markdown) => {
  test.each([60, 80, 100])('fits on a screen with %d columns, except for code', (columns) => {
    const lines = renderMarkdown(markdown, { columns, linkText: (label) => label });
    const isCode = (line: string) => line.startsWith('    ');
    const tooLong = lines.filter((line) => line.length > columns && !isCode(line));
    expect(tooLong).toEqual([]);
    expect(lines.filter((line) => line.includes(']('))).toEqual([]);
  });
});
