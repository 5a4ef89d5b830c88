import { isPksLink } from './program-name.js';

/** The version in package.json. A test checks that they are the same. */
export const version = '0.2.0';

/**
 * Returns the output of `--version`. If the program is called as `pks`, `tkgi` or `uaac`, the output has
 * the format of the original, which scripts parse, but the version of tpks.
 *
 * @param name - the name that the program was started with.
 * @see pks-cli, section 1
 */
export function formatVersionOutput(name: string): string {
  if (name === 'uaac') return `UAA client ${version}`;
  return isPksLink(name) ? `\n${name.toUpperCase()} CLI version: ${version}` : `tpks ${version}`;
}
