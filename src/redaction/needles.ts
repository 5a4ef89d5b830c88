import { decodedForms } from './decoded-forms.js';

/** Masking shorter values would hide ordinary words and protect nothing. */
export const shortestRedacted = 3;

/**
 * The texts to search for in order to find a secret: the secret itself, its form after a URL parser
 * has decoded its `%` signs, and its base64 digits (both alphabets) for each position in a group of
 * three bytes.
 */
export function needlesOf(secret: string): readonly string[] {
  const plain = [secret, ...decodedForms(secret, ['percent'], 1).map(({ text }) => text)];
  return [...plain.filter(({ length }) => length >= shortestRedacted), ...base64Forms(secret)];
}

/** The digits that depend only on the secret, not on the bytes before and after it. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const start = offset === 0 ? 0 : offset + 1;
    const digits = encoded.slice(start, Math.floor(((offset + bytes.length) * 8) / 6));
    if (digits.length < shortestBase64) return [];
    const inUrls = digits.replaceAll('+', '-').replaceAll('/', '_');
    return inUrls === digits ? [digits] : [digits, inUrls];
  });
}

/** Fewer digits than this occur by chance. */
const shortestBase64 = 6;
