import { describe, expect, test } from '@jest/globals';
import { examplesIn, renderHelpPages } from '../../support/commands/help-pages.js';

const pages = await renderHelpPages();
const leaves = pages.filter(({ isGroup }) => !isGroup);

/** Words that start with a capital letter, even at the start of a summary. */
const properNames = /^(UAA|JSON|YAML|CA|SCIM|JWT|PKS|Kubernetes)\b/;

describe.each(pages.map((page) => ({ ...page, toString: () => page.command })))(
  'help of $command',
  ({ command, summary, description, text }) => {
    test('has a short summary in lower case', () => {
      if (command === 'tpks') return;
      expect(summary).toMatch(properNames.test(summary) ? /^./ : /^[a-z]/);
      expect(summary).not.toMatch(/\.$/);
      expect(summary.length).toBeLessThanOrEqual(60);
    });

    test('has a description of one to three sentences', () => {
      expect(description).toMatch(/^[A-Z][^]*\.$/);
      expect(description.match(/[.!?](?= [A-Z]|$)/g)?.length).toBeGreaterThanOrEqual(1);
    });

    test('fits into 80 columns', () => {
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    });

    test('contains only ASCII characters', () => {
      expect(text.split('\n').filter((line) => /[^\x20-\x7e]/.test(line))).toEqual([]);
    });

    test('refers to the global options in one line at the end', () => {
      const last = command === 'tpks' ? 'for details.' : /\nGlobal options: tpks --help[^\n]*\n$/;
      expect(text).toMatch(last);
      expect(text).not.toContain('Global Options:');
    });
  },
);

test.each(leaves.map((page) => [page.command, page] as const))(
  'help of %s has an example of the command',
  (command, page) => {
    expect(examplesIn(page).filter((line) => line.includes(command))).not.toEqual([]);
  },
);
