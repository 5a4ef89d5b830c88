import { existsSync } from 'node:fs';

/** A fenced code block of a guide. */
export interface CodeBlock {
  /** The line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The HTML comment directly above the block, which says what a test does with it. */
  readonly mark: Mark | undefined;
}

/**
 * - `not run`: the block is not tested, for this reason.
 * - `file`: the block is the content of this file, which the next blocks use.
 * - `exit`: the only command of the block exits with this code.
 * - `tested in`: another test runs the block.
 */
interface Mark {
  readonly kind: 'not run' | 'file' | 'exit' | 'tested in';
  readonly value: string;
}

/** Finds the fenced blocks of a page, including those in lists. */
export function findCodeBlocks(markdown: string): readonly CodeBlock[] {
  const pattern =
    /^(?: *<!-- (?<kind>not run|file|exit|tested in): (?<value>.+) -->\n\n?)?(?<indent> *)```(?<language>[a-z]*).*\n(?<code>(?:.*\n)*?) *```$/gm;
  return [...markdown.matchAll(pattern)].map(({ groups = {}, index, 0: match }) => {
    const { kind, value = '', indent = '', language = '', code = '' } = groups;
    return {
      line: markdown.slice(0, index + match.indexOf('```')).split('\n').length,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      mark: kind === undefined ? undefined : { kind: kind as Mark['kind'], value },
    };
  });
}

/**
 * Checks that every block either runs in a test or says why it does not.
 * @returns one line for each problem.
 */
export function findBlockProblems(page: string, markdown: string): readonly string[] {
  const blocks = findCodeBlocks(markdown);
  const withoutBlocks = markdown.replaceAll(/^ *```.*\n(?:.*\n)*? *```$/gm, '');
  const others = [
    // A longer indentation occurs in lists.
    /(?:^|\n\n|\n#.*\n) {4}(?! |[-*] |\d+\. )(\S.*)/.exec(withoutBlocks),
    /^[ >]*((?:`{3,}|~~~).*)$/m.exec(withoutBlocks),
  ];
  return [
    ...others.flatMap((other) => (other ? [`${page}: use a fenced block for "${other[1]}"`] : [])),
    ...blocks.flatMap((block) => {
      const problem = findProblem(block);
      return problem === undefined ? [] : [`${page}:${block.line}: ${problem}`];
    }),
  ];
}

function findProblem({ language, code, mark }: CodeBlock): string | undefined {
  if (language === '') return 'name the language of the block: sh, console, text or another';
  if (mark?.kind === 'tested in') {
    return existsSync(mark.value) ? undefined : `${mark.value} does not exist`;
  }
  if (language === 'text') {
    const command = /^ *(?:\$ )?(?:tpks|pks|tkgi|uaac|kubectl) .*/m.exec(code);
    return command ? `use sh or console for the command "${command[0].trim()}"` : undefined;
  }
  if (mark?.kind === 'exit') {
    const isOneCommand = language === 'sh' && !code.replaceAll('\\\n', '').trim().includes('\n');
    return isOneCommand ? undefined : 'write one command in sh below <!-- exit: CODE -->';
  }
  if (mark !== undefined) return undefined;
  if (language === 'console' && !code.startsWith('$ ')) return 'start the block with "$ COMMAND"';
  // A block is run with `set -e`, which ignores the failure of `a` in `a && b`. The last line is checked.
  const [chain] = /^(?!if |until |while )\S.* && .*[^\\\n]$(?=\n.)/m.exec(code) ?? [];
  if (language === 'sh' && chain !== undefined) return `write one command per line: ${chain}`;
  if (isRun(language)) return undefined;
  return 'write <!-- file: NAME -->, <!-- tested in: FILE --> or <!-- not run: REASON --> above the block';
}

/** Whether blocks in this language contain commands. */
export function isRun(language: string): boolean {
  return language === 'sh' || language === 'console';
}
