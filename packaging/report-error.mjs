/**
 * Prints the message of an error without a stack trace, and sets the exit code of the script to 1.
 *
 * @param {unknown} error
 */
export function reportError(error) {
  console.error(error instanceof Error ? describe(error) : error);
  process.exitCode = 1;
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns the message; if a program could not be started, its name.
 */
function describe({ code, syscall = '', message }) {
  const [, program] = /^spawnSync (.+)$/.exec(syscall) ?? [];
  return code === 'ENOENT' && program !== undefined
    ? `${program} not found: install it, then run this command again`
    : message;
}
