/** ESLint rules that report the words of word-list.mjs. */
import { basename } from 'node:path';
import { nameWords, phrases, wholeNames } from './word-list.mjs';

/** @import { ESLint, JSRuleDefinition, SourceCode } from 'eslint' */

/** @typedef {{ type: string, shorthand?: boolean, imported?: { name: string }, parent: Parent }} Parent */
/** @typedef {{ type: string, name: string, parent: Parent }} Identifier */

const anyNameWord = matchAny(nameWords);
const anyPhrase = matchAny(phrases);
const anyTypography = /[\u2018-\u201e\u2013\u2014\u2026]/g;

/**
 * Reports names where they are declared. Names that a library or a server chose can be imported and
 * destructured.
 *
 * @type {JSRuleDefinition}
 */
const names = {
  create(context) {
    /** @type {(node: any, problem: string | undefined) => void} */
    const report = (node, message) => {
      if (message) context.report({ node, message });
    };
    /** @type {(property: { key: { type: string, name?: string }, computed?: boolean, shorthand?: boolean }) => void} */
    const reportProperty = ({ key, computed, shorthand }) => {
      if (key.name === undefined || computed || shorthand) return;
      report(key, findWordProblem(key.name));
    };
    return {
      Program(node) {
        const [fileName = ''] = basename(context.filename).split('.');
        report(node, findWordProblem(fileName));
        for (const identifier of declaredIdentifiers(context.sourceCode)) {
          report(identifier, findNameProblem(identifier.name));
        }
      },
      'ObjectExpression > Property': reportProperty,
      MethodDefinition: reportProperty,
      PropertyDefinition: reportProperty,
      TSMethodSignature: reportProperty,
      TSPropertySignature: reportProperty,
    };
  },
};

/** Reports phrases and typographic characters in comments and strings. @type {JSRuleDefinition} */
const texts = {
  create(context) {
    const { sourceCode } = context;
    /** @type {(match: RegExpExecArray, message: string) => void} */
    const report = ({ 0: text, index }, message) => {
      const start = sourceCode.getLocFromIndex(index);
      const end = sourceCode.getLocFromIndex(index + text.length);
      context.report({ loc: { start, end }, message });
    };
    return {
      Program() {
        const text = maskCode(sourceCode);
        for (const match of text.matchAll(anyPhrase)) {
          report(match, `Replace "${toKey(match[0])}": ${phrases[toKey(match[0])] ?? ''}`);
        }
        for (const match of text.matchAll(anyTypography)) {
          report(match, `Use an ASCII character, or an escape sequence, instead of ${match[0]}`);
        }
      },
    };
  },
};

/** @satisfies {ESLint.Plugin} */
export const plugin = { rules: { names, texts } };

/** @param {import('./word-list.mjs').WordList} list */
function matchAny(list) {
  const alternatives = Object.keys(list).map((phrase) => phrase.replaceAll(' ', '\\s+'));
  return new RegExp(`\\b(?:${alternatives.join('|')})\\b`, 'gi');
}

/** @param {string} text */
function toKey(text) {
  return text.toLowerCase().replace(/\s+/g, ' ');
}

/** @param {string} name */
function findNameProblem(name) {
  const replacement = Object.hasOwn(wholeNames, name) ? wholeNames[name] : undefined;
  return replacement ? `Rename ${name}: use ${replacement}` : findWordProblem(name);
}

/** Splits `peoplesClient` into `peoples Client`. @param {string} name */
function findWordProblem(name) {
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const match = words.join(' ').match(anyNameWord)?.[0];
  return match && `Rename ${name}: instead of "${match}" use ${nameWords[toKey(match)] ?? ''}`;
}

/** @param {SourceCode} sourceCode */
function declaredIdentifiers({ scopeManager }) {
  const identifiers = scopeManager.scopes.flatMap(({ set, variables }) =>
    variables
      // Start and end of the same thing, or source and destination.
      .filter(({ name }) => !(/^(from|to)$/.test(name) && set.has('from') && set.has('to')))
      .flatMap((variable) => /** @type {Identifier[]} */ (variable.identifiers)),
  );
  return new Set(identifiers.filter((identifier) => !isNamedElsewhere(identifier)));
}

/** @param {Identifier} identifier */
function isNamedElsewhere({ name, parent }) {
  const node = parent.type === 'AssignmentPattern' ? parent.parent : parent;
  if (node.type === 'ImportSpecifier') return node.imported?.name === name;
  return node.type === 'Property' && node.shorthand === true;
}

/**
 * Returns the text of a file with everything masked that is not prose: what is outside of comments and
 * strings, and what is in backticks. A phrase can continue on the next line.
 *
 * @param {SourceCode} sourceCode
 */
function maskCode({ text, ast }) {
  const comments = ast.comments.map(({ range = [0, 0] }) => ({ range, isComment: true }));
  const strings = ast.tokens
    .filter(({ type }) => type === 'String' || type === 'Template')
    .map(({ range }) => ({ range, isComment: false }));
  let result = '';
  for (const { range, isComment } of [...comments, ...strings].sort(byStart)) {
    const prose = text.slice(...range);
    result += mask(text.slice(result.length, range[0]));
    result += isComment ? maskComment(prose) : prose;
  }
  return result + mask(text.slice(result.length));
}

/** @type {(a: { range: [number, number] }, b: { range: [number, number] }) => number} */
const byStart = (a, b) => a.range[0] - b.range[0];

/** @param {string} text */
function maskComment(text) {
  return text
    .replace(/```.*?```|`[^`]*`/gs, mask)
    .replace(/^\s*(?:\/?\*+|\/\/)/gm, (start) => start.replace(/\S/g, ' '));
}

/** @param {string} text */
function mask(text) {
  return text.replace(/\S/g, '\0');
}
