import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Reports commands that are not on PATH, in one line on stderr. In CI, this is a failure.
 *
 * @param {readonly string[]} commands
 * @param {string} installation - how to install them.
 * @returns {boolean} whether a command is missing.
 */
export function reportMissingCommands(commands, installation) {
  const missing = commands.filter((command) => !isOnPath(command));
  if (missing.length === 0) return false;
  console.error(`Missing commands: ${missing.join(', ')}. Install them: ${installation}`);
  process.exitCode = process.env.CI === 'true' ? 1 : 0;
  return true;
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
