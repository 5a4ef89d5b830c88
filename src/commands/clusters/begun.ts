import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';

/** How to see what becomes of it, in the original's words. @see pks-cli, section 8 */
export function monitorLine(program: string, name: string): Line {
  return `Use '${program} cluster ${name}' to monitor the state of your cluster`;
}

/** Somebody was asked and did not want it. */
export function nothingChanged({ terminal }: Pick<Services, 'terminal'>): void {
  terminal.note('Nothing was changed');
}
