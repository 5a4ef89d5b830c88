import type { Entry } from '../contents.js';

/** Creates the table entry of the command that prints a shell's completion script. */
function scriptEntry(name: 'bash' | 'zsh' | 'fish' | 'powershell', title: string = name): Entry {
  return {
    name,
    summary: `print the completion script for ${title}`,
    load: async () => (await import('./completion-script.js')).createLeaf(name),
  };
}

/** The commands of `tpks completion`. */
export const contents: readonly Entry[] = [
  {
    name: 'install',
    summary: 'install or remove the completion script for a shell',
    load: () => import('./completion-install.js'),
  },
  scriptEntry('bash'),
  scriptEntry('zsh'),
  scriptEntry('fish'),
  scriptEntry('powershell', 'PowerShell'),
];
