import { decodeHTMLStrict } from 'entities/decode';

/**
 * Text that UAA escaped for HTML, which it does even inside JSON.
 * @see uaa-api, section 1.2
 */
export function unescapeHtml(text: string): string {
  return decodeHTMLStrict(text);
}
