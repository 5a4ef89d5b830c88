import type { ScriptShell } from '../config/completion-script.js';
import bash from './scripts/tpks.bash';
import fish from './scripts/tpks.fish';
import powershell from './scripts/tpks.ps1';
import zsh from './scripts/tpks.zsh';

const scripts = { bash, zsh, fish, powershell };

/**
 * Creates the completion script for a shell, which runs `PROGRAM __complete` at each TAB.
 *
 * @param program - the command to complete: `tpks`, or a link to it.
 */
export function createScript(shell: ScriptShell | 'powershell', program: string): string {
  return scripts[shell].replaceAll('tpks', program);
}
