/**
 * One thing as YAML that a parser reads back: what `uaac` printed only looked like it.
 * Nothing is lost or obeyed by a terminal: odd characters stand there as YAML's own escapes.
 */
export async function asYaml(value: unknown): Promise<string[]> {
  // The package is CommonJS: of that, a bundle carries the default export alone.
  const { Document, isScalar, visit } = (await import('yaml')).default;
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, node) => {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      // Only double quotes know escapes; a text of several lines stands there line by line.
      if (unprintable.test(node.value.replaceAll('\n', ''))) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(new RegExp(unprintable, 'gu'), escaped));
}

/** What the terminal would spell in its own way, which is not YAML's. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}
