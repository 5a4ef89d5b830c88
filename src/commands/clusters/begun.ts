import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';

/** How to follow the operation, in the original's words. @see pks-cli, section 8 */
export function monitorLine(program: string, name: string): Line {
  return `Use '${program} cluster ${name}' to monitor the state of your cluster`;
}

/** For a user who did not confirm. */
export function nothingChanged({ terminal }: Pick<Services, 'terminal'>): void {
  terminal.note('Nothing was changed');
}
