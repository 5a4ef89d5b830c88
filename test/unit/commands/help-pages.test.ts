import { describe, expect, test } from '@jest/globals';
import { examplesIn, renderHelpPages } from '../../support/help-pages.js';

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
      expect(description).toMatch(/\.$/);
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

/** The commands that require no scope, by the reason. */
const withoutScope: Readonly<Record<string, readonly string[]>> = {
  'sends no request': [
    'tpks contexts',
    'tpks context show',
    'tpks context use',
    'tpks context rename',
    'tpks uaa targets',
    'tpks uaa context',
    'tpks uaa contexts',
    'tpks uaa token delete',
    'tpks sandbox',
    'tpks completion install',
    'tpks completion bash',
    'tpks completion zsh',
    'tpks completion fish',
    'tpks completion powershell',
    'tpks help',
  ],
  'lists clusters with the scopes that the user has, and reports missing ones instead of failing': [
    'tpks kubeconfig list',
    'tpks kubeconfig remove',
  ],
  'the API gives a kubeconfig to every user, and the cluster decides what the user may do': [
    'tpks get-kubeconfig',
  ],
  'verifies tokens from files, and reports the result instead of failing': ['tpks import'],
  'sends requests without a token': [
    'tpks uaa target',
    'tpks uaa info',
    'tpks uaa prompts',
    'tpks uaa signing key',
    'tpks uaa password strength',
  ],
  'gets, renews, checks or revokes its own token': [
    'tpks logout',
    'tpks doctor',
    'tpks status',
    'tpks token',
    'tpks kube-credential',
    'tpks context delete',
    'tpks uaa token client get',
    'tpks uaa token owner get',
    'tpks uaa token sso get',
    'tpks uaa token authcode get',
    'tpks uaa token implicit get',
    'tpks uaa token get',
    'tpks uaa token refresh',
    'tpks uaa token decode',
  ],
  'gets a kubeconfig that gives the user no rights': ['tpks get-kubeconfig'],
  'the scope depends on the path of the request': ['tpks curl', 'tpks uaa curl'],
};

test.each(leaves.map((page) => [page.command, page.description] as const))(
  'the help of %s names the scope, if the command requires one',
  (command, description) => {
    const isExempt = Object.values(withoutScope).flat().includes(command);
    expect(/Requires (?:only )?(?:the scopes?|one of the scopes) [a-z]+\./.test(description)).toBe(
      !isExempt,
    );
  },
);
