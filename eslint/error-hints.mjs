/** ESLint rule that reports errors without a hint. */
import { relative } from 'node:path';
import ts from 'typescript';

/** @import { ESLint, JSRuleDefinition } from 'eslint' */

/**
 * The properties of syntax nodes that this rule reads.
 *
 * @typedef {object} Node
 * @property {string} type
 * @property {Node | null} [parent]
 * @property {Node | null} [id]
 * @property {string} [name]
 * @property {readonly Node[]} [arguments]
 * @property {readonly Node[]} [properties]
 * @property {Node} [key]
 * @property {unknown} [value]
 */

/** Kinds of errors without a hint, with the reason. @type {Readonly<Record<string, string>>} */
export const kindsWithoutHint = {
  cancelled: 'The user has interrupted the command.',
  changes: 'This is an exit code, and no error is printed.',
};

/**
 * Functions that create errors without a hint, with the reason.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const functionsWithoutHint = {
  'src/errors.ts rewordError': 'Copies an error, including its hint.',
  'src/auth/authorization.ts authorizationError':
    'login-error.ts adds a hint that names the client and the user.',
  'src/auth/grants.ts toGrantError':
    'login-error.ts adds a hint that names the client and the user.',
  'src/http/status-error.ts toStatusError':
    'The modules of the resources add hints, and report.ts adds one to all other errors.',
};

/** Reports `new TpksError(...)` if its hint can be absent or empty. @type {JSRuleDefinition} */
const required = {
  create(context) {
    const { getTypeAtLocation } =
      /** @type {{ getTypeAtLocation: (node: unknown) => ts.Type }} */
      (context.sourceCode.parserServices);
    const file = relative(context.cwd, context.filename).replaceAll('\\', '/');
    /** @type {(node: Node) => string | undefined} */
    const findProblem = (node) => {
      const [kind, , details] = node.arguments ?? [];
      if (Object.hasOwn(kindsWithoutHint, String(kind?.value))) return undefined;
      if (Object.hasOwn(functionsWithoutHint, `${file} ${findFunctionName(node)}`))
        return undefined;
      const hint = findHint(details);
      if (hint === undefined) {
        return 'Add a hint: the command to run next. If no command helps, see eslint/error-hints.mjs.';
      }
      if (hint.value === '') return 'This hint is empty.';
      return canBeUndefined(getTypeAtLocation(hint))
        ? 'This hint can be undefined. Add another hint for this case.'
        : undefined;
    };
    return {
      /** @param {any} node */
      'NewExpression[callee.name="TpksError"]'(node) {
        const message = findProblem(node);
        if (message !== undefined) context.report({ node, message });
      },
    };
  },
};

/** @satisfies {ESLint.Plugin} */
export const plugin = { rules: { required } };

/** @param {Node | undefined} details @returns {Node | undefined} */
function findHint(details) {
  const property = details?.properties?.find(({ key }) => key?.name === 'hint');
  return /** @type {Node | undefined} */ (property?.value);
}

/** @param {ts.Type} type */
function canBeUndefined(type) {
  const types = type.isUnion() ? type.types : [type];
  return types.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0);
}

/** The name of the innermost named function that contains a node. @param {Node} node */
function findFunctionName(node) {
  let parent = node.parent;
  while (parent) {
    if (parent.type === 'FunctionDeclaration') return parent.id?.name ?? '';
    parent = parent.parent;
  }
  return '';
}
