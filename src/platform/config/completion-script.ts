import { join } from 'node:path';
import type { Environment } from './environment.js';
import { homeFolder } from './folders.js';

/** The shells that load completion scripts from a folder of the user. */
export type ScriptShell = 'bash' | 'zsh' | 'fish';

/**
 * The file in which a shell looks for the completion script of a program. zsh does so only if the
 * folder is in `$fpath`.
 *
 * @see https://github.com/scop/bash-completion/blob/main/README.md (BASH_COMPLETION_USER_DIR)
 * @see https://fishshell.com/docs/current/completions.html#where-to-put-completions
 */
export function locateScript(
  shell: ScriptShell,
  program: string,
  env: Environment,
  platform: NodeJS.Platform,
): string {
  const home = homeFolder(env, platform);
  const data = env.XDG_DATA_HOME ?? join(home, '.local', 'share');
  switch (shell) {
    case 'bash': {
      const folder = env.BASH_COMPLETION_USER_DIR?.split(':')[0] ?? join(data, 'bash-completion');
      return join(folder, 'completions', program);
    }
    case 'zsh':
      return join(data, 'zsh', 'site-functions', `_${program}`);
    case 'fish': {
      const config = env.XDG_CONFIG_HOME ?? join(home, '.config');
      return join(config, 'fish', 'completions', `${program}.fish`);
    }
  }
}

/** Whether a file is a completion script that tpks has written. */
export function isOwnScript(text: string): boolean {
  return /^# \w+ completion for [\w.-]+: /m.test(text.slice(0, 1000));
}
