import { findRoot } from '../commands/root.js';
import type { ScriptShell } from '../config/completion-script.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { createStaticTable } from './static-table.js';
import { zshScript } from './zsh.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/**
 * Creates the completion script that contains the table of this version.
 *
 * @param program - the command to complete: `tpks`, or a link to it.
 */
export async function createStaticScript(shell: ScriptShell, program: string): Promise<string> {
  const { contents, options, link } = await findRoot(program);
  return scripts[shell](program, await createStaticTable({ contents, options, link }));
}
