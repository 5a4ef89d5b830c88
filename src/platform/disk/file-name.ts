import { createHash } from 'node:crypto';

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Converts a name chosen by a user or a server to a file name without an extension, e.g.
 * `cody-api.example.com-1f0c...`. The file name is safe (it cannot point outside its folder), unique
 * even if the file system ignores case, and readable.
 */
export function toFileName(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const unique = hashText(name).slice(0, 32);
  return readable === '' ? unique : `${readable}-${unique}`;
}
