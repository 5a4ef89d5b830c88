import { isPrintable, unprintable } from '../../base/sanitize.js';

/** Formats a value as lines of YAML. Unprintable characters are written as YAML escapes. */
export async function toYaml(value: unknown): Promise<string[]> {
  // The package is CommonJS, so in a bundle it only has a default export.
  const { Document, isScalar, visit } = (await import('yaml')).default;
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, node) => {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      // Only double-quoted strings allow escapes. Other strings keep their line breaks.
      if (!isPrintable(node.value.replaceAll('\n', ''))) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(unprintable, escapeForYaml));
}

function escapeForYaml(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}
