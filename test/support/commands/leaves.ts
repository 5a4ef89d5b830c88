import type { Entry, Group, Leaf } from '../../../src/commands/command-table.js';

/** Lists the commands in a table of contents without the groups, e.g. `uaa user add`. */
export async function listCommands(
  entries: readonly Entry[],
  path: string[] = [],
): Promise<{ words: string; entry: Entry; part: Leaf }[]> {
  const found = [];
  for (const entry of entries) {
    const part: Leaf | Group = await entry.load();
    const words = [...path, entry.name];
    if ('contents' in part) found.push(...(await listCommands(part.contents, words)));
    else found.push({ words: words.join(' '), entry, part });
  }
  return found;
}
