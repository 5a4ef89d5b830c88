/**
 * Every spelling that a library or a server may give a secret on its way into a text: raw,
 * percent-encoded as URLs or forms have it, escaped for JSON or HTML, also several times over, and
 * base64 (both alphabets) wherever in a triple of bytes it starts.
 *
 * @returns patterns for `replace`, the longest text first.
 */
export function spellings(secret: string): RegExp[] {
  return [secret, ...base64Forms(secret)].map((form) => {
    const signs = Array.from(form, spelled).join('');
    return new RegExp(signs, 'gu');
  });
}

/** The ways to write one sign; letters and digits are left alone by every encoding. */
function spelled(sign: string): string {
  if (/^[a-z\d]$/i.test(sign)) return sign;
  const code = sign.codePointAt(0) ?? 0;
  const units = Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at));
  const entity = entities[sign];
  return `(?:${[
    // Quotes and backslashes get a backslash at every level of JSON, `/` at some servers.
    `\\\\{0,8}\\u{${code.toString(16)}}`,
    ...(sign === ' ' ? ['\\+'] : []),
    [...Buffer.from(sign)].map((byte) => `%(?:25){0,3}${hex(byte, 2)}`).join(''),
    units.map((unit) => `\\\\{1,8}u${hex(unit, 4)}`).join(''),
    `&(?:amp;){0,3}#(?:0*${String(code)}|[xX]0*${hex(code)});`,
    ...(entity === undefined ? [] : [`&(?:amp;){0,3}${entity};`]),
    ...(controls[sign] === undefined ? [] : [`\\\\{1,8}${controls[sign]}`]),
  ].join('|')})`;
}

const entities: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};
const controls: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

/** Hexadecimal digits in either case. */
function hex(value: number, digits = 1): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** The digits that depend on the secret alone, for each place in a triple of bytes. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const start = offset === 0 ? 0 : offset + 1;
    const core = encoded.slice(start, Math.floor(((offset + bytes.length) * 8) / 6));
    return core.length < shortestBase64
      ? []
      : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Fewer digits than this occur by chance. */
const shortestBase64 = 6;
