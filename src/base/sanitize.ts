/**
 * Characters that a terminal interprets, hides or cannot show: control and format characters (bidi marks,
 * zero-width characters, byte order marks, tags), line and paragraph separators, and lone surrogates.
 * @see https://unicode.org/reports/tr36/ (Unicode security considerations)
 */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Like {@link unprintable}, except for the line breaks that `JSON.stringify` writes between values. */
const unprintableInJson = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Like {@link unprintable}, except for tabs and line breaks (LF or CRLF). */
const unprintableInLines = /(?!\n|\t|\r\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Most JSON is plain ASCII, and this check is ten times faster than the Unicode classes. */
const plainJson = /^[\x20-\x7e\n]*$/;

const shortEscapes = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Makes untrusted text safe to show on one line of a terminal, with escapes such as `\x1b` or `\u202e`. */
export function toPrintable(text: string): string {
  return isPlain(text) ? text : text.replace(unprintable, escapeCharacter);
}

/** Like {@link toPrintable}, for chunks of UTF-8. Keeps tabs and line breaks, even between two chunks. */
export async function* toPrintablePieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    // The rest of the line break may be in the next chunk.
    rest = text.endsWith('\r') ? '\r' : '';
    yield toPrintableLines(text.slice(0, text.length - rest.length));
  }
  yield toPrintableLines(rest + decoder.decode());
}

/** Like {@link toPrintable}, but keeps tabs and line breaks. */
export function toPrintableLines(text: string): string {
  return text.replace(unprintableInLines, escapeCharacter);
}

/** Whether a text is one line of printable ASCII; ten times faster than the Unicode classes. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Whether {@link toPrintable} leaves a text unchanged. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) === -1;
}

/** Whether completion may suggest a name: it is printable, and is not inserted as a flag. */
export function isSafeName(name: string): boolean {
  return isPrintable(name) && !/^(?:-|$)/.test(name);
}

/** Escapes text for HTML elements and quoted attributes. Not safe in scripts, styles and URLs. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}

/** Formats JSON that is safe to show on a terminal: unprintable characters become `\uXXXX`. */
export function toJson(value: unknown, indent = 2): string {
  // JSON.stringify returns `undefined` for functions, although its declared type does not include it.
  const json: unknown = JSON.stringify(value, undefined, indent);
  if (typeof json !== 'string') return 'null';
  return plainJson.test(json) ? json : json.replace(unprintableInJson, toUtf16Escapes);
}

function escapeCharacter(character: string): string {
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

function toUtf16Escapes(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
