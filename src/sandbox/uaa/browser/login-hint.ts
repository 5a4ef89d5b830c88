import { isObject, parseJson } from '../../body.js';

/**
 * Parses the parameter `login_hint`, which names the identity provider of the user.
 *
 * @returns undefined if the hint is missing or is not a JSON object.
 */
export function parseLoginHint(
  text: string | null,
): { readonly origin: string | undefined } | undefined {
  const value = text === null ? undefined : parseJson(decode(text));
  if (!isObject(value)) return undefined;
  return { origin: typeof value['origin'] === 'string' ? value['origin'] : undefined };
}

/** Some clients encode the hint twice. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
