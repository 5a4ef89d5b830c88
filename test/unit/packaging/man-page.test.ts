import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { createManPage, pageName } from '../../../packaging/man-page.mjs';

const release = { version: '1.2.3', date: '2026-01-31' };

function createNode() {
  const command = new Command('show')
    .description("Show it. Don't use -x~ here.")
    .alias('get')
    .argument('<name>', 'name of the\\plan')
    .option('-p, --plan-name <plan-name>', '.hidden files')
    .option('--if-missing', 'succeed');
  return { path: ['tpks', 'plan', 'show'], command, children: [] };
}

/** @returns the lines of a section, without its heading. */
function section(page: string, title: string): readonly string[] {
  const [, text = ''] = page.split(`.SH ${title}\n`);
  return (text.split('\n.SH ')[0] ?? '').split('\n');
}

describe('createManPage', () => {
  const notes =
    '\nColumns: name, plan\n\nExamples:\n  $ tpks plan show a\n      .b\n\nGlobal options: tpks --help, tpks plan --help\n';
  const page = createManPage(createNode(), notes, release);

  test('starts with the name, the date and the version', () => {
    expect(page.split('\n')[0]).toBe(
      '.TH TPKS-PLAN-SHOW 1 "2026-01-31" "tpks 1.2.3" "tpks manual"',
    );
    expect(pageName(createNode())).toBe('tpks-plan-show');
  });

  test('prints commands in bold and placeholders in italics', () => {
    expect(section(page, 'SYNOPSIS')).toEqual([
      String.raw`\fBtpks plan show\fR [\fIoptions\fR] \fIname\fR`,
    ]);
    expect(section(page, 'OPTIONS').slice(0, 2)).toEqual([
      '.TP',
      String.raw`\fB\-p\fR, \fB\-\-plan\-name\fR \fIplan\-name\fR`,
    ]);
  });

  test('escapes characters that have a meaning in man pages', () => {
    expect(section(page, 'DESCRIPTION').slice(0, 2)).toEqual([
      'Show it.',
      String.raw`Don\(aqt use \-x\(ti here.`,
    ]);
    expect(section(page, 'ARGUMENTS')).toContain(String.raw`name of the\eplan`);
    expect(section(page, 'OPTIONS')).toContain(String.raw`\&.hidden files`);
  });

  test('keeps the lines of examples', () => {
    expect(section(page, 'EXAMPLES')).toEqual(['.EX', '$ tpks plan show a', '    .b', '.EE']);
  });

  test('shows other texts as notes, and names the pages with the global options', () => {
    expect(section(page, 'NOTES')).toEqual(['Columns: name, plan']);
    expect(section(page, 'GLOBAL OPTIONS')).toEqual([
      String.raw`See \fBtpks\fR(1) and \fBtpks\-plan\fR(1).`,
    ]);
  });

  test('links to the parent and to the subcommands', () => {
    const child = createNode();
    const parent = {
      path: ['tpks', 'plan'],
      command: new Command('plan').description('Plans.'),
      children: [child],
    };
    expect(section(createManPage(parent, '', release), 'SEE ALSO')).toEqual([
      String.raw`\fBtpks\fR(1),`,
      String.raw`\fBtpks\-plan\-show\fR(1)`,
      '',
    ]);
  });

  test('breaks lines that mandoc considers too long', () => {
    const entry = { name: 'show', summary: 'show a plan', load: () => Promise.reject(new Error()) };
    const node = { ...createNode(), entry };
    node.command.description('word '.repeat(60));
    const lines = createManPage(node, '', release).split('\n').slice(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
