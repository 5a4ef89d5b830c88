import { arch, version as nodeVersion } from 'node:process';
import type { Environment } from './config/environment.js';
import { normalizeGoFlags } from './go-flags.js';
import type { RunIo } from './run.js';
import { createTerminal, type OutputFormat } from './terminal/terminal.js';
import { version } from './version.js';

/**
 * Prints the version as JSON or YAML. commander prints it before it has read the options that follow
 * `--version`.
 *
 * @param argv - the arguments after the program name; they contain `--version` or `-V`.
 * @returns `false` if the version is not requested as JSON or YAML; nothing is printed then.
 */
export async function printVersionDetails(
  argv: readonly string[],
  io: RunIo,
  env: Environment,
): Promise<boolean> {
  const end = argv.indexOf('--');
  const words = normalizeGoFlags(end === -1 ? argv : argv.slice(0, end));
  if (!words.some((word) => ['--version', '-V'].includes(word))) return false;
  const output = findFormat(words);
  if (output === undefined) return false;
  const options = { json: output === 'json', output, interactive: false, color: false };
  const json = { version, node: nodeVersion, platform: io.platform, arch };
  await createTerminal(io, env, () => options).show({ json, text: [] });
  return true;
}

/** @returns `undefined` for text. */
function findFormat(words: readonly string[]): OutputFormat | undefined {
  if (words.includes('--json')) return 'json';
  const forms: readonly OutputFormat[] = ['json', 'yaml'];
  return forms.find((form) =>
    words.some(
      (word, index) =>
        [`--output=${form}`, `-o${form}`].includes(word) ||
        (word === form && ['-o', '--output'].includes(words[index - 1] ?? '')),
    ),
  );
}
