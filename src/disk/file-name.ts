import { createHash } from 'node:crypto';

/**
 * A file name (without extension) for a name that people or servers chose. It cannot leave its
 * folder, two names never share one (not even where the file system ignores case), and people
 * still recognise it: `cody-api.example.com-1f0c…`.
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
