import { expect, test } from '@jest/globals';
import { findLink } from '../../../src/base/link.js';
import { findRoot } from '../../../src/cli/links.js';
import { contents as uaaContents } from '../../../src/commands/uaa/index.js';
import { examplesIn, renderHelpPages, type HelpPage } from '../../support/commands/help-pages.js';

const pages = await renderHelpPages();
const commands = pages.filter(({ command }) => command !== 'tpks');

/** Words that start with a capital letter, even at the start of a summary. */
const properNames = /^(UAA|JSON|YAML|CA|SCIM|JWT|PKS|Kubernetes)\b/;

/** The lines of pages with a problem, each after the command to which the page belongs. */
const linesOf = (found: readonly HelpPage[], isWrong: (line: string) => boolean) =>
  found.flatMap(({ command, text }) =>
    text
      .split('\n')
      .filter(isWrong)
      .map((line) => `${command}: ${line}`),
  );
const commandsOf = (found: readonly HelpPage[]) => found.map(({ command }) => command);

test('every command has a short summary in lower case', () => {
  const isShort = ({ summary }: HelpPage) =>
    (properNames.test(summary) || /^[a-z]/.test(summary)) &&
    !summary.endsWith('.') &&
    summary.length <= 60;
  expect(commandsOf(commands.filter((page) => !isShort(page)))).toEqual([]);
});

test('every description consists of sentences', () => {
  const isSentence = ({ description }: HelpPage) =>
    /^[A-Z][^]*\.$/.test(description) && /[.!?](?= [A-Z]|$)/.test(description);
  expect(commandsOf(pages.filter((page) => !isSentence(page)))).toEqual([]);
});

test('every page fits into 80 columns and contains only ASCII characters', () => {
  expect(pages.length).toBeGreaterThan(100);
  expect(linesOf(pages, (line) => line.length > 80 || /[^\x20-\x7e]/.test(line))).toEqual([]);
});

test('every page names the global options in one line at the end', () => {
  const refers = ({ command, text }: HelpPage) =>
    command === 'tpks'
      ? text.includes('\n  tpks help options ')
      : /\nGlobal options: --context, --json,( -o,)? --timeout \(tpks help options\)\n$/.test(text);
  expect(commandsOf(pages.filter((page) => !refers(page)))).toEqual([]);
  expect(linesOf(pages, (line) => line.includes('Global Options:'))).toEqual([]);
});

test('every page of a command has an example of the command', () => {
  const hasExample = (page: HelpPage) =>
    examplesIn(page).some((line) => line.includes(page.command));
  expect(commandsOf(pages.filter((page) => !page.isGroup && !hasExample(page)))).toEqual([]);
});

test('every example has a comment of its own', () => {
  const findProblems = (page: HelpPage) => {
    const lines = page.text.split('\n');
    const comments = lines.filter((line) => /^ {2}# [a-z].*[^.]$/.test(line));
    const examples = lines.filter((line) => line.startsWith('  $ '));
    const bare = examples.filter(
      (line) => !comments.includes(lines[lines.indexOf(line) - 1] ?? ''),
    );
    return [...bare, ...comments.filter((comment, index) => comments.indexOf(comment) !== index)];
  };
  expect(pages.flatMap(findProblems)).toEqual([]);
  expect(pages.flatMap(examplesIn).length).toBeGreaterThan(100);
});

test('the options of login are in sections', () => {
  const [page] = pages.filter(({ command }) => command === 'tpks login');
  expect(page?.text.match(/^(?:Options|[A-Z].* options):$/gm)).toEqual([
    'Server options:',
    'Identity options:',
    'Single sign-on options:',
    'CI options:',
    'Storage options:',
    'Other options:',
  ]);
});

test.each(['pks', 'uaac'])('all help pages of %s name only its own commands', async (name) => {
  const root = await findRoot(findLink(name));
  const linkPages = await renderHelpPages(root);
  expect(linkPages.length).toBeGreaterThan(uaaContents.length);
  for (const { command, text } of linkPages) {
    expect(`${command}: ${root.rename(text)}`).toBe(`${command}: ${text}`);
    expect(examplesIn({ text }).filter((line) => /\btpks (?!login)/.test(line))).toEqual([]);
  }
  expect(linesOf(linkPages, (line) => line.length > 80)).toEqual([]);
});
