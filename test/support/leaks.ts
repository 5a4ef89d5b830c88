/** Of a longer secret a piece of this length is a leak too. */
const fragmentLength = 24;

/**
 * Finds secrets in a text, in every spelling that a program or a server may give them. Written
 * apart from the product's own redaction, so that the two cannot share a blind spot.
 *
 * @param secrets - by a name for the report. Tokens, passwords, codes.
 * @returns what was found, e.g. `password of cody (base64)`; empty when all is well.
 */
export function leaks(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const pieces = new Set(piecesOf(text));
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(spellings(secret))
      .filter(([, forms]) => forms.some((form) => occurs(form, text, pieces)))
      .map(([spelling]) => `${name} (${spelling})`),
  );
}

function spellings(secret: string): Readonly<Record<string, readonly string[]>> {
  const parts = partsOf(secret);
  const each = (spell: (part: string) => readonly string[]) => parts.flatMap(spell);
  return {
    raw: parts,
    'percent-encoded': each((part) => [
      encodeURIComponent(part),
      encodeURIComponent(part).replace(/%../g, (code) => code.toLowerCase()),
      encodeURIComponent(part).replace(/[!'()*]/g, percent),
    ]),
    'form-encoded': each((part) => [new URLSearchParams({ _: part }).toString().slice(2)]),
    'in JSON': each((part) => [
      JSON.stringify(part).slice(1, -1),
      JSON.stringify(part)
        .slice(1, -1)
        .replace(/[^\x20-\x7e]/g, unicodeEscape),
    ]),
    'in HTML': each((part) => [
      part.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign),
      part.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`),
    ]),
    base64: each(base64),
  };
}

/** A JWT's header is the same for all; what follows is the secret. */
function partsOf(secret: string): string[] {
  const [header = '', ...rest] = secret.split('.');
  return header.startsWith('eyJ') && rest.length === 2 ? rest : [secret];
}

/**
 * Whether the text contains all of a short form, or a piece of a long one.
 * @param pieces - those of the text: looking them up is much faster than searching the text.
 */
function occurs(form: string, text: string, pieces: ReadonlySet<string>): boolean {
  if (form.length <= fragmentLength) return form !== '' && text.includes(form);
  return piecesOf(form).some((piece) => pieces.has(piece));
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - fragmentLength + 1) }, (_, at) =>
    text.slice(at, at + fragmentLength),
  );
}

/** The digits that depend on the secret alone, wherever in the encoded bytes it starts. */
function base64(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${secret}`).toString('base64url');
    const digits = encoded.slice(before === 0 ? 0 : before + 1, -2);
    return [digits, digits.replaceAll('-', '+').replaceAll('_', '/')];
  });
}

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
const unicodeEscape = (sign: string): string =>
  `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
