/** Maximum number of characters for one encoded character, e.g. `%25C3%25BC` for `ü`. */
export const maximumEncodedLength = 12;
/** Maximum number of characters for one percent-encoded character, e.g. `%E2%82%AC` for `€`. */
export const maximumPercentEncodedLength = 9;

/** A text after one or more decoding steps, with the original position of each character. */
export interface DecodedForm {
  readonly text: string;
  /** For each UTF-16 unit, the start of its source in the original text. */
  readonly starts: Uint32Array;
  /** For each UTF-16 unit, the end of its source in the original text. */
  readonly ends: Uint32Array;
}

/** `form` is `percent` plus `+` for a space. */
type Encoding = keyof typeof encodings;

const allEncodings: readonly Encoding[] = ['percent', 'form', 'json', 'html'];

/** Reverses each sequence of up to `depth` encodings and returns the results that differ, in linear time. */
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
interface Piece {
  readonly decoded: string;
  readonly length: number;
}

interface EncodingRules {
  readonly pattern: RegExp;
  readonly decode: (encoded: string) => readonly Piece[];
}

const encodings = {
  percent: { pattern: /(?:%[\da-f]{2})+/gi, decode: decodePercent },
  form: {
    pattern: /\+|(?:%[\da-f]{2})+/gi,
    decode: (encoded) => (encoded === '+' ? [{ decoded: ' ', length: 1 }] : decodePercent(encoded)),
  },
  json: {
    pattern: /\\(?:u[\da-f]{4}|[^u])/gi,
    decode: (encoded) => [{ decoded: decodeJson(encoded), length: encoded.length }],
  },
  html: {
    pattern: /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi,
    decode: (encoded) => [{ decoded: decodeHtml(encoded.slice(1, -1)), length: encoded.length }],
  },
} as const satisfies Record<string, EncodingRules>;

function decode(
  original: string,
  source: DecodedForm | undefined,
  rules: EncodingRules,
): DecodedForm {
  const input = source?.text ?? original;
  const form = new FormWriter(input, source);
  for (const match of input.matchAll(rules.pattern)) {
    form.copyUntil(match.index);
    for (const piece of rules.decode(match[0])) form.write(piece);
  }
  form.copyUntil(input.length);
  return form.finish();
}

/** Writes a decoded text, and the original position of each of its UTF-16 units. */
class FormWriter {
  readonly #input: string;
  readonly #source: DecodedForm | undefined;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #parts: string[] = [];
  #read = 0;
  #written = 0;

  /** @param source - the form that produced the input; `undefined` for the original text. */
  constructor(input: string, source: DecodedForm | undefined) {
    this.#input = input;
    this.#source = source;
    this.#starts = new Uint32Array(input.length);
    this.#ends = new Uint32Array(input.length);
  }

  copyUntil(end: number): void {
    this.#parts.push(this.#input.slice(this.#read, end));
    while (this.#read < end) this.#advance(1, 1);
  }

  write({ decoded, length }: Piece): void {
    this.#parts.push(decoded);
    this.#advance(decoded.length, length);
  }

  finish(): DecodedForm {
    return { text: this.#parts.join(''), starts: this.#starts, ends: this.#ends };
  }

  #advance(units: number, length: number): void {
    const last = this.#read + length - 1;
    const start = this.#source === undefined ? this.#read : (this.#source.starts[this.#read] ?? 0);
    const end = this.#source === undefined ? last + 1 : (this.#source.ends[last] ?? 0);
    for (let unit = 0; unit < units; unit += 1) {
      this.#starts[this.#written] = start;
      this.#ends[this.#written] = end;
      this.#written += 1;
    }
    this.#read += length;
  }
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
    if (isText) pieces.push({ decoded, length: length * 3 });
    else
      for (const unit of encoded.slice(index * 3, index * 3 + 3))
        pieces.push({ decoded: unit, length: 1 });
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
