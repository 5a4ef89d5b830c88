import { expect, test } from '@jest/globals';
import { createManPage, pageName } from '../../../packaging/man-page.mjs';

const node = {
  path: ['tpks', 'plan', 'show'],
  summary: 'show a plan',
  heading: '',
  help: `Usage: tpks plan show [options] <name>

Show it. Don't use -x~ here.
.hidden files

Options:
  --if-missing  succeed

Examples:
  $ tpks plan show a
      .b

Global options: tpks --help`,
  children: [],
};
const page = createManPage(node, { version: '1.2.3', date: '2026-01-31' });

/** @returns the lines of a section, without its heading. */
function section(title: string): readonly string[] {
  const [, text = ''] = page.split(`.SH ${title}\n`);
  return (text.split('\n.SH ')[0] ?? '').split('\n');
}

test('a man page starts with the name, the date and the version', () => {
  expect(page.split('\n')[0]).toBe('.TH TPKS-PLAN-SHOW 1 "2026-01-31" "tpks 1.2.3" "tpks manual"');
  expect(pageName(node)).toBe('tpks-plan-show');
  expect(section('NAME')).toEqual([String.raw`tpks\-plan\-show \- show a plan`]);
});

test('a man page contains the usage and the description, with escaped characters', () => {
  expect(section('SYNOPSIS')).toEqual(['tpks plan show [options] <name>']);
  expect(section('DESCRIPTION')).toEqual([
    String.raw`Show it. Don\(aqt use \-x\(ti here.`,
    String.raw`\&.hidden files`,
  ]);
});

test('each part of the help becomes a section with the same lines', () => {
  expect(section('OPTIONS')).toEqual(['.EX', String.raw`\-\-if\-missing  succeed`, '.EE']);
  expect(section('EXAMPLES')).toEqual(['.EX', '$ tpks plan show a', '    .b', '.EE']);
  expect(section('NOTES')).toEqual([String.raw`Global options: tpks \-\-help`]);
});

test('a man page links to the pages of its parent and of its subcommands', () => {
  const parent = createManPage(
    { ...node, path: ['tpks', 'plan'], children: [node] },
    { version: '1.2.3', date: '2026-01-31' },
  );
  expect(parent).toMatch(/\.SH SEE ALSO\n\\fBtpks\\fR\(1\),\n\\fBtpks\\-plan\\-show\\fR\(1\)\n$/);
});
