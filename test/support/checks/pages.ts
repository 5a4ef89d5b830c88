import { existsSync, readFileSync, statSync } from 'node:fs';

/**
 * Checks that a file and a section of it exist.
 * @param path - relative to the root of the repository.
 * @param anchor - the part of a link after `#`; `undefined` or empty means the whole file.
 * @returns what is missing; `undefined` if both exist.
 */
export function findMissingPart(path: string, anchor: string | undefined): string | undefined {
  if (!existsSync(path)) return `${path} does not exist`;
  if (!anchor || statSync(path).isDirectory() || !path.endsWith('.md')) return undefined;
  return readAnchors(path).has(anchor) ? undefined : `${path} has no heading for #${anchor}`;
}

/** The text of a page without blocks of code. */
export function readWithoutCodeBlocks(path: string): string {
  return readFileSync(path, 'utf8').replace(/^ *```.*?^ *```$/gms, '');
}

function readAnchors(path: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of readWithoutCodeBlocks(path).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = toAnchor(heading);
    let number = 0;
    let unique = anchor;
    while (anchors.has(unique)) unique = `${anchor}-${String(++number)}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Converts a heading to the anchor that GitHub creates for it. */
export function toAnchor(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}
