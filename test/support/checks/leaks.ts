/** If a secret is longer than this, a fragment of this length is also a leak. */
const fragmentLength = 24;

/**
 * Finds secrets in a text, in every encoding that a program or a server may use. Does not share
 * code with the redaction in tpks, so that a bug there cannot hide a leak.
 *
 * @param secrets - tokens, passwords and codes, by a name for the report.
 * @returns the leaks, e.g. `password of cody (base64)`; empty if nothing leaked.
 */
export function findLeaks(text: string, secrets: Readonly<Record<string, string>>): string[] {
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

/** The header of a JWT is not secret, so only the claims and the signature are searched for. */
function partsOf(secret: string): string[] {
  const [header = '', ...rest] = secret.split('.');
  return header.startsWith('eyJ') && rest.length === 2 ? rest : [secret];
}

/**
 * Returns whether the text contains all of a short form, or a fragment of a long one.
 * @param pieces - the fragments of the text; a lookup is much faster than a search of the text.
 */
function occurs(form: string, text: string, pieces: ReadonlySet<string>): boolean {
  if (form.length <= fragmentLength) return form !== '' && text.includes(form);
  return piecesOf(form).some((piece) => pieces.has(piece));
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - fragmentLength + 1) }, (_, index) =>
    text.slice(index, index + fragmentLength),
  );
}

/** Returns the digits that depend only on the secret, for each of the three possible alignments. */
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
