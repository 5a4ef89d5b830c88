/** @import { Linter } from 'eslint' */

/**
 * Reads Markdown as a program that consists of one comment, so that rules for comments check it.
 *
 * @type {Linter.Parser}
 */
export const markdownParser = {
  // The cache of ESLint identifies a parser by these.
  meta: { name: 'markdown-parser', version: '1' },
  parseForESLint(text) {
    const lines = text.split('\n');
    const end = { line: lines.length, column: lines.at(-1)?.length ?? 0 };
    /** @type {{ loc: { start: typeof end, end: typeof end }, range: [number, number] }} */
    const position = { loc: { start: { line: 1, column: 0 }, end }, range: [0, text.length] };
    const comments = [{ type: /** @type {const} */ ('Block'), value: text, ...position }];
    return {
      ast: { type: 'Program', sourceType: 'module', body: [], tokens: [], comments, ...position },
    };
  },
};
