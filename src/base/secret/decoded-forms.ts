/** A text after one or more decoding steps, with the original position of each character. */
export interface DecodedForm {
  readonly text: string;
  /** For each UTF-16 unit, the start of its source in the original text. */
  readonly starts: Uint32Array;
  /** For each UTF-16 unit, the end of its source in the original text. */
  readonly ends: Uint32Array;
}

/** `form` is `percent` plus `+` for a space. */
export type Encoding = keyof typeof encodings;

/** The encodings that may have been applied to a text, in any order. */
const allEncodings: readonly Encoding[] = ['percent', 'form', 'json', 'html'];

/**
 * Decodes a text in every possible way: reverses each sequence of up to `depth` encodings and returns
 * the results that differ. The time is linear in the length of the text.
 */
export function decodeAllForms(
  text: string,
  kinds: readonly Encoding[] = allEncodings,
  depth = maximumDepth,
): readonly DecodedForm[] {
  if (!/[%+\\&]/.test(text)) return [];
  const seen = new Set([text]);
  const found: DecodedForm[] = [];
  let layer: readonly (DecodedForm | undefined)[] = [undefined];
  for (let level = 0; level < depth && layer.length > 0; level += 1) {
    layer = layer.flatMap((form) =>
      kinds.flatMap((kind) => {
        const next = decode(text, form, encodings[kind]);
        if (seen.has(next.text)) return [];
        seen.add(next.text);
        return [next];
      }),
    );
    found.push(...layer.filter((form) => form !== undefined));
  }
  return found;
}

/** Enough for a URL in JSON within an error message in JSON. */
const maximumDepth = 3;

/** A piece of decoded text, and the number of source UTF-16 units that it replaces. */
type Piece = readonly [decoded: string, length: number];

interface EncodingRules {
  /** Matches an encoded piece. */
  readonly pattern: RegExp;
  readonly decode: (encoded: string) => readonly Piece[];
}

const encodings = {
  percent: { pattern: /(?:%[\da-f]{2})+/gi, decode: decodePercent },
  form: {
    pattern: /\+|(?:%[\da-f]{2})+/gi,
    decode: (encoded) => (encoded === '+' ? [[' ', 1]] : decodePercent(encoded)),
  },
  json: {
    pattern: /\\(?:u[\da-f]{4}|[^u])/gi,
    decode: (encoded) => [[decodeJson(encoded), encoded.length]],
  },
  html: {
    pattern: /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi,
    decode: (encoded) => [[decodeHtml(encoded.slice(1, -1)), encoded.length]],
  },
} as const satisfies Record<string, EncodingRules>;

function decode(
  original: string,
  source: DecodedForm | undefined,
  { pattern, decode: decodeMatch }: EncodingRules,
): DecodedForm {
  const input = source?.text ?? original;
  const starts = new Uint32Array(input.length);
  const ends = new Uint32Array(input.length);
  const parts: string[] = [];
  let written = 0;
  let read = 0;
  const add = (decoded: string, length: number): void => {
    const start = source === undefined ? read : source.starts[read];
    const last = read + length - 1;
    const end = source === undefined ? last + 1 : source.ends[last];
    for (let unit = 0; unit < decoded.length; unit += 1) {
      starts[written] = start ?? 0;
      ends[written] = end ?? 0;
      written += 1;
    }
    read += length;
  };
  const keep = (end: number): void => {
    parts.push(input.slice(read, end));
    while (read < end) add(' ', 1);
  };
  for (const match of input.matchAll(pattern)) {
    keep(match.index);
    for (const [decoded, length] of decodeMatch(match[0])) {
      parts.push(decoded);
      add(decoded, length);
    }
  }
  keep(input.length);
  return { text: parts.join(''), starts, ends };
}

/** Bytes that are not valid UTF-8 stay encoded. */
function decodePercent(encoded: string): Piece[] {
  const bytes = Buffer.from(encoded.replaceAll('%', ''), 'hex');
  const pieces: Piece[] = [];
  for (let index = 0; index < bytes.length;) {
    const size = utf8SequenceLength(bytes[index] ?? 0);
    const decoded = bytes.toString('utf8', index, index + size);
    const isText = index + size <= bytes.length && !decoded.includes('\ufffd');
    const length = isText ? size : 1;
    if (isText) pieces.push([decoded, length * 3]);
    else for (const unit of encoded.slice(index * 3, index * 3 + 3)) pieces.push([unit, 1]);
    index += length;
  }
  return pieces;
}

/** Length of the UTF-8 sequence that starts with this byte. */
function utf8SequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function decodeJson(encoded: string): string {
  const escape = encoded.slice(1);
  if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return jsonControls.get(escape) ?? escape;
}

const jsonControls = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function decodeHtml(name: string): string {
  const [, isHex, digits] = /^#(x?)(.+)$/i.exec(name) ?? [];
  if (digits === undefined) return htmlNames.get(name.toLowerCase()) ?? '';
  const code = Number.parseInt(digits, isHex === '' ? 10 : 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

const htmlNames = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
