import process from 'node:process';

/**
 * Interrupts this process and the others of its job, as Ctrl-C does outside a prompt. In a prompt, Ctrl-C
 * reaches only this process. Does nothing on Windows, which has no process groups.
 */
export function interruptJob(platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  // This process exits without a message, which would appear after the next prompt of the shell.
  process.removeAllListeners('SIGINT');
  process.kill(0, 'SIGINT');
}
