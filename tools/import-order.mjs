/** The ESLint rule for the directions of imports. `eslint.config.mjs` lists the folders. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { Rule } from 'eslint' */

/**
 * A node that names a module, in JavaScript or TypeScript.
 *
 * @typedef {{ source: { value?: unknown }, importKind?: string, exportKind?: string }} ImportNode
 */

const root = fileURLToPath(new URL('../src', import.meta.url));
/** @type {{ imports: Record<string, Record<string, string>> }} */
const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * Resolves an import. A name such as `#send` has a file for each runtime.
 *
 * @param {string} importer - path of the file that imports.
 * @param {string} name - e.g. `./session.js`.
 * @returns {string[]} paths below `src`; empty for packages and for files outside of `src`.
 */
export function resolveImport(importer, name) {
  const paths = name.startsWith('#')
    ? Object.values(imports[name] ?? {}).map((file) => join(root, file))
    : [join(dirname(importer), name).replace(/\.js$/, '.ts')];
  return /^[.#]/.test(name) ? paths.map(toSourcePath).filter((path) => !path.startsWith('..')) : [];
}

/**
 * @param {string} path
 * @returns the path below `src`, e.g. `base/clock.ts`.
 */
export function toSourcePath(path) {
  return relative(root, path).replaceAll(sep, '/');
}

const importNodes =
  'ImportDeclaration, ExportNamedDeclaration[source], ExportAllDeclaration, ImportExpression';

/**
 * @param {object} options
 * @param {string[][]} options.folders - rows of folders, from top to bottom.
 * @param {{ from: string[], to: string[] }[]} options.typesOnly - files in and below `from` import only types from `to`.
 * @param {Record<string, string[]>} options.packages - the folders that import a package.
 * @returns {Rule.RuleModule}
 */
export function importOrder({ folders, typesOnly, packages }) {
  const findFolder = (/** @type {string} */ path) =>
    path.includes('/')
      ? (folders.flat().find((folder) => path.startsWith(`${folder}/`)) ?? path)
      : '.';
  const levelOf = (/** @type {string} */ folder) =>
    folders.findIndex((row) => row.includes(folder));

  /**
   * @param {string} from - path below `src`.
   * @param {string} to - path below `src`.
   * @param {boolean} isType
   */
  function findProblem(from, to, isType) {
    const [source, target] = [findFolder(from), findFolder(to)];
    if (source === target) return undefined;
    if (target === 'sandbox' && (source !== 'app' || to !== 'sandbox/sandbox.ts')) {
      return 'Only app imports the sandbox, and only its entry.';
    }
    if (levelOf(source) === -1 || levelOf(source) >= levelOf(target))
      return `${source} must not import ${to}.`;
    const isRestricted = typesOnly.some(
      (row) =>
        row.from.some((each) => `${source}/`.startsWith(`${each}/`)) && row.to.includes(target),
    );
    return isRestricted && !isType ? `${source} imports only types from ${target}.` : undefined;
  }

  return {
    meta: { type: 'problem' },
    create: (context) => ({
      [importNodes]: (/** @type {Rule.Node & ImportNode} */ node) => {
        const name = String(node.source.value);
        const from = toSourcePath(context.filename);
        const isType = [node.importKind, node.exportKind].includes('type');
        const problems = resolveImport(context.filename, name).map((to) =>
          findProblem(from, to, isType),
        );
        const owners = packages[name];
        if (owners && !owners.includes(findFolder(from))) {
          problems.push(`Only ${owners.join(', ')} may import ${name}.`);
        }
        for (const problem of problems.filter((each) => each !== undefined)) {
          const message = `${problem} See "Imports" in docs/contributing/architecture.md.`;
          context.report({ node, message });
        }
      },
    }),
  };
}
