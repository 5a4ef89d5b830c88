import type { Entry } from '../contents.js';

/** The commands of `tpks completion`. */
export const contents: readonly Entry[] = [
  {
    name: 'install',
    summary: 'install or remove the completion script for a shell',
    load: () => import('./completion-install.js'),
  },
  {
    name: 'bash',
    summary: 'print the completion script for bash',
    load: async () => (await import('./completion-script.js')).createLeaf('bash'),
  },
  {
    name: 'zsh',
    summary: 'print the completion script for zsh',
    load: async () => (await import('./completion-script.js')).createLeaf('zsh'),
  },
  {
    name: 'fish',
    summary: 'print the completion script for fish',
    load: async () => (await import('./completion-script.js')).createLeaf('fish'),
  },
  {
    name: 'powershell',
    summary: 'print the completion script for PowerShell',
    load: async () => (await import('./completion-script.js')).createLeaf('powershell'),
  },
];
