import { arch, version as nodeVersion, versions } from 'node:process';
import type { Environment } from './config/environment.js';
import { findRequestedFormat } from './requested-format.js';
import type { RunIo } from './run.js';
import { createTerminal } from './terminal/terminal.js';
import { version } from './version.js';

/**
 * Prints the version as JSON or YAML. commander prints it before it has read the options that follow
 * `--version`.
 *
 * @param argv - the arguments after the program name; they contain `--version` or `-V`.
 * @returns `false` if the version is not requested as JSON or YAML. In that case, nothing is printed.
 */
export async function printVersionDetails(
  argv: readonly string[],
  io: RunIo,
  env: Environment,
): Promise<boolean> {
  const output = findRequestedFormat(argv);
  if (output === undefined) return false;
  const options = { json: output === 'json', output, interactive: false, color: false };
  // In the standalone binary, `process.version` is the version of Node that the runtime imitates.
  const runtime = versions.bun === undefined ? { node: nodeVersion } : { bun: versions.bun };
  const json = { version, ...runtime, platform: io.platform, arch };
  await createTerminal(io, env, () => options).show({ json, text: [] });
  return true;
}
