/** The same as in package.json, which a test checks. */
export const version = '0.1.0';

/**
 * What `--version` prints. For the names `pks` and `tkgi` it has the format that scripts for the
 * original parse, with the version of tpks.
 *
 * @param name - the name that the program was called by.
 * @see pks-cli, section 1
 */
export function versionText(name: string): string {
  return name === 'pks' || name === 'tkgi'
    ? `\n${name.toUpperCase()} CLI version: ${version}`
    : `tpks ${version}`;
}
