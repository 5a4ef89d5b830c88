import { createHash } from 'node:crypto';

/**
 * Converts a name chosen by users or servers to a file name (without extension). It cannot leave its
 * folder, it is unique to the name (even if the file system ignores case), and users still recognize
 * it: `cody-api.example.com-1f0c…`.
 */
export function fileNameOf(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const unique = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return readable === '' ? unique : `${readable}-${unique}`;
}
