import { describe, expect, test } from '@jest/globals';
import { texts } from '../../../src/commands/help.js';
import { renderMarkdown } from '../../../src/commands/render-markdown.js';
import { lineText } from '../../../src/platform/terminal/lines.js';

function render(markdown: string, columns = 40): string {
  const linkText = (label: string, target: string) => `${label} <${target}>`;
  return renderMarkdown(markdown, { columns, linkText }).map(lineText).join('\n');
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

  test('indents the continuation lines of a list item', () => {
    expect(render('- one two three four\n  five six seven\n- eight\n\n1. nine', 24)).toBe(
      '  - one two three four\n    five six seven\n  - eight\n\n  1. nine',
    );
  });

  test('replaces links and removes emphasis, except in code', () => {
    expect(render('**See** [CI](ci.md) and `**[a](b)`')).toBe('  See CI <ci.md> and "**[a](b)"');
  });

  test('keeps the lines and the indentation of code', () => {
    expect(render('```yaml\na:\n\n    b: [c](d)\n```\n')).toBe('    a:\n\n        b: [c](d)');
  });

  test('ignores comments, but not the text around them', () => {
    const lines = [
      'Before.',
      '<!-- not run: needs Homebrew -->',
      '```console',
      '$ brew install tpks',
      '```',
      '',
      '- item',
      '<!-- not run:',
      'two lines -->',
      '```bash title="a.sh"',
      '<!-- code -->',
      '```',
      'After.',
      '<!-- a comment -->',
      'More.',
    ];
    expect(render(lines.join('\n'))).toBe(
      [
        '  Before.',
        '    $ brew install tpks',
        '  - item',
        '    <!-- code -->',
        '  After.',
        '  More.',
      ].join('\n\n'),
    );
  });

  test('prints the code in a list item', () => {
    expect(render('1. Run:\n\n   ```console\n   $ tpks a\n\n     b\n   ```\n\n2. next')).toBe(
      '  1. Run:\n\n    $ tpks a\n\n      b\n\n  2. next',
    );
  });

  test('prints each row of a table with its first cell above the others', () => {
    const table =
      '| Name | Meaning |\n| --- | --- |\n| `a` | one two three four |\n| b | c \\| d |';
    expect(render(table, 22)).toBe(
      ['  a', '      one two three', '      four', '  b', '      c | d'].join('\n'),
    );
  });

  test('prints the headings of a table with more than two columns', () => {
    const table = '| Code | Meaning | To do |\n| --- | --- | --- |\n| 4 | not logged in | log in |';
    expect(render(table)).toBe('  4\n      Meaning: not logged in\n      To do: log in');
  });
});

describe('renderMarkdown for a screen', () => {
  const renderForScreen = (markdown: string, columns = 40) =>
    renderMarkdown(markdown, { columns, linkText: (label) => label });

  test('prints bold headings', () => {
    expect(renderForScreen('# One `two`\n\n### Three')).toEqual([
      [{ text: 'ONE TWO', tone: 'strong' }],
      '',
      [{ text: '  Three:', tone: 'strong' }],
    ]);
  });

  test('prints code in quotes, even if it is wrapped', () => {
    const text = 'Use `tpks uaa user delete erin --yes`, or `-d "x"`.';
    expect(renderForScreen(text, 30)).toEqual([
      '  Use "tpks uaa user delete',
      `  erin --yes", or '-d "x"'.`,
    ]);
  });

  test('prints a cell without quotes if it contains only code', () => {
    const table = '| A | B |\n| --- | --- |\n| `a`, `b` | run `c` |';
    expect(renderForScreen(table)).toEqual(['  a, b', '      run "c"']);
  });

  test('does not change backticks in code', () => {
    expect(renderForScreen('```sh\necho `date`\n```')).toEqual(['    echo `date`']);
  });
});

describe.each(Object.entries(texts))('help topic %s', (_topic, markdown) => {
  test.each([60, 80, 100])(
    'fits on a screen with %d columns, except for code and texts of errors',
    (columns) => {
      const linkText = (label: string) => label;
      const headings = [...markdown.matchAll(/^### (.*)$/gm)].map(([, text = '']) =>
        text.replaceAll('`', ''),
      );
      const lines = renderMarkdown(markdown, { columns, linkText }).map(lineText);
      const isCode = (line: string) => line.startsWith('    ') || headings.includes(line.trim());
      const tooLong = lines.filter((line) => line.length > columns && !isCode(line));
      expect(tooLong).toEqual([]);
      expect(lines.filter((line) => line.includes(']('))).toEqual([]);
    },
  );
});
