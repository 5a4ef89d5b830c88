import type { Behaviour } from '../behaviour.js';

/** The reason why the credentials of a `Basic` header cannot be read. */
export class BasicFormatError extends Error {}

/**
 * Reads the client id and the secret of a `Basic` header. UAA 4.30 does not URL-decode them; later
 * releases do.
 *
 * @param encoded - the header without `Basic `.
 * @throws BasicFormatError with UAA's text.
 */
export function parseBasicCredentials(
  encoded: string,
  { decodesBasicCredentials }: Behaviour,
): readonly [id: string, secret: string] {
  const bytes = decodesBasicCredentials ? decodeStrictly(encoded) : decodeLeniently(encoded);
  if (!bytes) throw new BasicFormatError(undecodable);
  const decoded = bytes.toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw new BasicFormatError(invalidToken);
  const pair = [decoded.slice(0, colon), decoded.slice(colon + 1)] as const;
  return decodesBasicCredentials ? [decodeFormValue(pair[0]), decodeFormValue(pair[1])] : pair;
}

const undecodable = 'Failed to decode basic authentication token';
const invalidToken = 'Invalid basic authentication token';

function decodeStrictly(encoded: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, 'base64');
}

/**
 * Decodes groups of four characters up to the first one that ends with `=`. Ignores whitespace and
 * an unfinished group at the end.
 *
 * @see Spring Security 4 `Base64`
 */
function decodeLeniently(encoded: string): Buffer | undefined {
  if (encoded !== '' && encoded.length < 4) return undefined;
  let characters = '';
  for (const character of encoded) {
    if (/[ \t\r\n]/.test(character)) continue;
    if (!/[A-Za-z0-9+/=]/.test(character)) return undefined;
    characters += character;
    if (characters.length % 4 === 0 && character === '=') break;
  }
  return Buffer.from(characters.slice(0, characters.length - (characters.length % 4)), 'base64');
}

/**
 * Checks the credentials as the real server does when it reads the client id for its audit log. It
 * uses a second Base64 decoder there, which rejects groups of fewer than four characters.
 *
 * @returns false if the real server fails because it cannot decode them.
 * @throws BasicFormatError if the credentials consist only of colons.
 * @see UAA 4.30.0 `UaaAuthenticationDetails`
 */
export function canLogBasicCredentials(encoded: string): boolean {
  const characters = encoded.replace(/[ \t\r\n]/g, '');
  const isComplete = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
    characters,
  );
  if (isComplete && /^:+$/.test(Buffer.from(characters, 'base64').toString('utf8'))) {
    throw new BasicFormatError(invalidToken);
  }
  return isComplete;
}

/** Decodes text like Java's `URLDecoder`: a plus sign is a space; invalid escapes are errors. */
function decodeFormValue(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new BasicFormatError(undecodable);
  }
}
